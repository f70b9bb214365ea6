/** Holds, drills, damage, years and spans, and every reason. */
import { describe, expect, test } from "vitest";
import type { RetentionCandidate } from "../../../../src/nexushub/retention/candidate.ts";
import { decideRetention } from "../../../../src/nexushub/retention/decide.ts";

const NOW = new Date("2026-11-24T09:00:00Z");
const candidate = (day: string, change: Partial<RetentionCandidate> = {}): RetentionCandidate => ({
  name: day,
  at: new Date(`${day}T03:00:00Z`),
  isRecorded: true,
  isVerified: true,
  database: "1/nexushub",
  ...change,
});
const kept = (candidates: RetentionCandidate[], policy: Parameters<typeof decideRetention>[1]) =>
  decideRetention(candidates, policy, { now: NOW }).flatMap(({ name, action }) =>
    action === "keep" ? [name] : [],
  );

describe("rules", () => {
  test("the last of each year", () => {
    const days = [
      "2026-11-24",
      "2026-01-01",
      "2025-12-31",
      "2025-06-01",
      "2023-02-02",
      "2022-01-01",
    ];
    expect(
      kept(
        days.map((day) => candidate(day)),
        { keepYearly: 3 },
      ),
    ).toEqual(["2026-11-24", "2025-12-31", "2023-02-02"]);
  });

  test("within a time of the newest", () => {
    const days = ["2026-11-24", "2026-11-23", "2026-11-22"].map((day) => candidate(day));
    expect(kept(days, { keepWithinMs: 36 * 3_600_000 })).toEqual(["2026-11-24", "2026-11-23"]);
  });

  test("the newest that passed a drill", () => {
    const days = ["2026-11-24", "2026-11-23", "2026-11-22", "2026-11-21"].map((day, i) =>
      candidate(day, { isDrilled: i >= 2 }),
    );
    expect(kept(days, { keep: 1, keepDrilled: 1 })).toEqual(["2026-11-24", "2026-11-22"]);
  });

  test("a hold keeps, until its time, and counts", () => {
    const days = [
      candidate("2026-11-24"),
      candidate("2026-11-20", { heldUntil: new Date("2026-11-24T09:00:01Z") }),
      candidate("2026-11-19", { heldUntil: new Date("2026-11-24T08:59:59Z") }),
      candidate("2026-11-18", { heldUntil: null }),
    ];
    expect(kept(days, { keep: 1 })).toEqual(["2026-11-24", "2026-11-20", "2026-11-18"]);
    expect(kept(days, { keep: 2 })).toEqual(["2026-11-24", "2026-11-20", "2026-11-18"]);
  });

  test("a damaged backup is kept and pushes out no other", () => {
    const days = [candidate("2026-11-24", { isDamaged: true }), candidate("2026-11-23")];
    expect(kept(days, { keep: 1 })).toEqual(["2026-11-24", "2026-11-23"]);
  });

  test("every reason is given", () => {
    const [decision] = decideRetention(
      [candidate("2026-11-24", { heldUntil: null })],
      {
        keep: 1,
        keepYearly: 1,
      },
      { now: NOW },
    );
    expect(decision!.reasons).toEqual([
      "held until it is released",
      "one of the newest 1",
      "the last of 2026",
      "the last verified backup",
    ]);
    expect(decision!.reason).toBe(decision!.reasons[0]);
  });
});
