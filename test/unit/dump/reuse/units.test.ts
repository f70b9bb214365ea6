/** How tables are divided into units, and which of them are reused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PartNumbers } from "../../../../src/archive/part-numbers.ts";
import { isUnchanged, unitRuns } from "../../../../src/dump/reuse/decide-units.ts";
import type { TablePlan } from "../../../../src/dump/reuse/plan-units.ts";
import { relationNumbers } from "../../../../src/dump/reuse/reuse-plan.ts";
import { blocksInUnit, isSmall } from "../../../../src/dump/reuse/unit-size.ts";

describe("units", () => {
  test.each([
    [1_000_000, 0, 512],
    [1_000_000, 1_000, 256],
    [1000, 1000, 256],
    [15, 262_144, 1],
    [1, 0, 512],
  ])("a table of %i blocks and %i of TOAST has units of %i", (pages, toastPages, blocks) => {
    expect(blocksInUnit({ pages, toastPages })).toBe(blocks);
  });

  test("tables below 1 MiB have none", () => {
    expect(isSmall({ pages: 127, toastPages: 0 })).toBe(true);
    expect(isSmall({ pages: 128, toastPages: 0 })).toBe(false);
    expect(isSmall({ pages: 1, toastPages: 127 })).toBe(false);
    expect(isSmall({ pages: 0, toastPages: 1000 })).toBe(true);
  });
});

describe("a unit is unchanged", () => {
  const earlier = { rows: 3, identity: "17", parts: [] };
  const unit = { rows: 3, identity: "17", recent: 0 };
  test.each([
    ["when rows and identity are the same and nothing is recent", unit, true],
    ["not with other rows", { ...unit, rows: 2 }, false],
    ["not with another identity", { ...unit, identity: "18" }, false],
    ["not when a transaction wrote to it that had not ended", { ...unit, recent: 1 }, false],
  ])("%s", (_when, scanned, expected) => {
    expect(isUnchanged(scanned, earlier)).toBe(expected);
  });
  test("not when there was none", () => expect(isUnchanged(unit, undefined)).toBe(false));
});

test("runs cover the units in order, and alternate", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1 }), fc.nat(5), (changes, first) => {
      const units = changes.map((isChanged) => ({
        rows: 1,
        identity: isChanged ? "2" : "1",
        recent: 0,
      }));
      const before = Array.from({ length: first + changes.length }, () => ({
        rows: 1,
        identity: "1",
        parts: [],
      }));
      const runs = unitRuns(units, first, { relation: undefined as never, units: before });
      expect(
        runs.flatMap(({ first: from, end, isReused }) =>
          Array.from({ length: end - from }, (_, i) => [from + i, isReused]),
        ),
      ).toEqual(changes.map((isChanged, i) => [first + i, !isChanged]));
      for (const [i, run] of runs.entries()) expect(run.isReused).not.toBe(runs[i + 1]?.isReused);
    }),
  );
});

test("relations of which parts are reused keep their numbers, and no number is given twice", () => {
  const plan = (number?: number): TablePlan =>
    ({
      units: number === undefined ? null : { earlier: { relation: { number } } },
      readWhole: null,
    }) as unknown as TablePlan;
  expect(relationNumbers([plan(), plan(1), plan(0), plan()])).toEqual([2, 1, 0, 3, 4]);
  expect(relationNumbers([])).toEqual([0]);
});

test("parts get the lowest numbers that no earlier part has", () => {
  const numbers = new PartNumbers();
  numbers.reserve(3, [1, 3, 4]);
  expect([numbers.next(3), numbers.next(3), numbers.next(3), numbers.next(5)]).toEqual([
    2, 5, 6, 1,
  ]);
});
