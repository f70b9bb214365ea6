/** The progress of a dump says how much is done, whether its text is longer or shorter than its tables. */
import { expect, test } from "vitest";
import { SizeEstimate } from "../../../src/dump/size-estimate.ts";

const percent = (estimate: SizeEstimate, bytes: number): number =>
  Math.floor((bytes / estimate.total(bytes)) * 100);

test.each([
  ["shorter than its blocks", 100],
  ["longer", 1_000_000],
])("text that is %s: a quarter of the tables is a quarter", (_name, bytes) => {
  const estimate = new SizeEstimate(400);
  for (let tables = 1; tables <= 400; tables++) {
    estimate.finish(1, bytes);
    const expected = Math.min(99, (tables / 400) * 100);
    expect(Math.abs(percent(estimate, tables * bytes) - expected)).toBeLessThanOrEqual(1);
  }
});

test("a table that is not finished is never all", () => {
  const estimate = new SizeEstimate(100);
  expect(percent(estimate, 1000 * 8192)).toBe(90);
  expect(percent(estimate, 50 * 8192)).toBe(50);
});

test("one table of two whose text is much longer is estimated once the other is done", () => {
  const estimate = new SizeEstimate(200);
  estimate.finish(100, 100 * 80_000);
  expect(percent(estimate, 150 * 80_000)).toBe(75);
});

test("nothing is said of nothing", () => {
  expect(new SizeEstimate(0).total(1000)).toBe(0);
  expect(new SizeEstimate(10).total(0)).toBe(0);
});
