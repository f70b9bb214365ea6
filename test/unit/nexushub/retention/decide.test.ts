import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backupName } from "../../../../src/nexushub/backup-folder/backup-name.ts";
import type { RetentionCandidate } from "../../../../src/nexushub/retention/candidate.ts";
import {
  decideRetention,
  type RetentionPolicy,
} from "../../../../src/nexushub/retention/decide.ts";

const DAY = 24 * 60 * 60 * 1000;
const NOW = new Date("2026-11-24T03:00:00Z");

/** A backup so many days before NOW. */
function daysAgo(days: number, facts: Partial<RetentionCandidate> = {}): RetentionCandidate {
  const at = new Date(NOW.getTime() - days * DAY);
  return {
    name: backupName(at, "tar.gz"),
    at,
    isRecorded: true,
    isVerified: false,
    database: "1/nexushub",
    ...facts,
  };
}

function kept(
  candidates: readonly RetentionCandidate[],
  policy: RetentionPolicy,
  now = NOW,
): string[] {
  return decideRetention(candidates, policy, { now })
    .filter(({ action }) => action === "keep")
    .map(({ name }) => name.slice(9, 17));
}

const nightly = (count: number) => Array.from({ length: count }, (_, day) => daysAgo(day));

describe("decideRetention", () => {
  test("keeps the newest 14 when nothing else is asked", () => {
    const decisions = decideRetention(nightly(20), {}, { now: NOW });
    expect(decisions.filter(({ action }) => action === "remove").map(({ name }) => name)).toEqual(
      nightly(20)
        .slice(14)
        .map(({ name }) => name),
    );
    expect(decisions[13]?.reason).toBe("one of the newest 14");
    expect(decisions[14]?.reason).toBe("no rule keeps it");
  });

  test("drops the default when any rule is given, and keeps what any of them wants", () => {
    expect(kept(nightly(20), { keep: 2 })).toEqual(["20261124", "20261123"]);
    expect(kept(nightly(20), { keepDays: 3 })).toHaveLength(4);
    expect(kept(nightly(20), { keep: 6, keepDays: 3 })).toHaveLength(6);
  });

  test("counts days from the newest backup, so that a host whose backups stopped keeps what it has", () => {
    const stopped = [daysAgo(100), daysAgo(101), daysAgo(140)];
    expect(kept(stopped, { keepDays: 30 })).toHaveLength(2);
  });

  test("keeps sons, fathers and grandfathers", () => {
    // Twice a day, for a year.
    const year = Array.from({ length: 730 }, (_, half) => daysAgo(half / 2));
    const policy = { keepDaily: 3, keepWeekly: 3, keepMonthly: 3 };
    expect(kept(year, policy)).toEqual([
      "20261124", // today, and the last of this week and month
      "20261123",
      "20261122", // Sunday: the last of its week too
      "20261115",
      "20261031",
      "20260930",
    ]);
    const reasons = decideRetention(year, policy, { now: NOW }).map(({ reason }) => reason);
    expect(reasons).toContain("the last of 2026-11-23");
    expect(reasons).toContain("the last of week 2026-W46");
    expect(reasons).toContain("the last of 2026-09");
  });

  test("gives the days around new year to their ISO week", () => {
    const at = (day: string) => ({
      name: day,
      at: new Date(`${day}T12:00:00Z`),
      isRecorded: true,
      isVerified: false,
      database: "1/nexushub",
    });
    const days = ["2020-12-27", "2020-12-28", "2021-01-03", "2021-01-04"].map(at);
    const reasons = decideRetention(days, { keepWeekly: 9 }, { now: NOW }).map(
      ({ name, reason }) => `${name} ${reason}`,
    );
    expect(reasons).toEqual([
      "2021-01-04 the last of week 2021-W01",
      "2021-01-03 the last of week 2020-W53",
      "2020-12-28 no rule keeps it",
      "2020-12-27 the last of week 2020-W52",
    ]);
  });

  test("leaves what it is not known to have written, and does not count it", () => {
    const candidates = [
      daysAgo(0, { isRecorded: false }),
      daysAgo(1),
      daysAgo(2, { isRecorded: false }),
      daysAgo(3),
    ];
    const decisions = decideRetention(candidates, { keep: 1 }, { now: NOW });
    expect(decisions.map(({ action }) => action)).toEqual(["keep", "keep", "keep", "remove"]);
    expect(decisions[0]?.reason).toBe("not known to be written by nexushub-dump");
  });

  test("never removes the last verified one", () => {
    const candidates = [
      daysAgo(0),
      daysAgo(1),
      daysAgo(2, { isVerified: true }),
      daysAgo(3, { isVerified: true }),
    ];
    expect(kept(candidates, { keep: 1 })).toEqual(["20261124", "20261122"]);
  });

  test("keeps backups from the future and does not count them: a clock that was wrong may not push out good ones", () => {
    const fromThen = Array.from({ length: 20 }, (_, day) => daysAgo(-4000 - day));
    const good = nightly(3);
    const decisions = decideRetention([...fromThen, ...good], { keep: 2 }, { now: NOW });
    expect(decisions.filter(({ action }) => action === "remove").map(({ name }) => name)).toEqual([
      good[2]!.name,
    ]);
  });

  test("removes nothing when the clock went back before every backup", () => {
    expect(kept(nightly(20), { keep: 1 }, new Date("1970-01-01T00:05:00Z"))).toHaveLength(20);
  });

  describe("with backups of several databases in one folder", () => {
    const [a, b] = ["1/nexushub", "2/nexushub"];
    const mixed = [
      daysAgo(0, { database: b }),
      daysAgo(1, { database: b }),
      daysAgo(2, { database: a }),
      daysAgo(3, { database: a }),
      daysAgo(4, { database: null }),
      daysAgo(5, { database: null }),
    ];

    test("applies the rules to each database", () => {
      expect(kept(mixed, { keep: 1 })).toEqual(["20261124", "20261122", "20261120"]);
    });

    test("keeps all those of other databases where it is asked for one", () => {
      const decisions = decideRetention(mixed, { keep: 1 }, { now: NOW, database: a });
      expect(decisions.map(({ action }) => action)).toEqual([
        "keep",
        "keep",
        "keep",
        "remove",
        "keep",
        "keep",
      ]);
      expect(decisions[0]!.reason).toBe("of another database");
      expect(decisions[4]!.reason).toContain("its database is not known");
    });
  });

  test.each([
    [{ keep: 0 }],
    [{ keep: 1.5 }],
    [{ keepDays: -1 }],
    [{ keepDaily: 0, keepWeekly: 0 }],
    [{ keep: Number.NaN }],
  ])("refuses %j", (policy) => {
    expect(() => decideRetention(nightly(2), policy, { now: NOW })).toThrow(
      /must be an integer|no backup at all/,
    );
  });

  const candidate = fc.record({
    days: fc.integer({ min: -50, max: 800 }),
    isRecorded: fc.boolean(),
    isVerified: fc.boolean(),
    database: fc.constantFrom("1/nexushub", "2/nexushub", null),
  });
  const folder = fc
    .uniqueArray(candidate, { selector: ({ days }) => days, maxLength: 60 })
    .map((all) => all.map(({ days, ...facts }) => daysAgo(days, facts)));
  const newestOf = (backups: readonly RetentionCandidate[]) =>
    backups.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  const rule = fc.integer({ min: 1, max: 10 });
  const policy = fc
    .record(
      { keep: rule, keepDays: rule, keepDaily: rule, keepWeekly: rule, keepMonthly: rule },
      { requiredKeys: [] },
    )
    // Without a type for what is not there.
    .map((rules) => rules as RetentionPolicy);
  /** Any clock, right or wrong. */
  const clock = fc.integer({ min: -1500, max: 1500 }).map((days) => daysAgo(days).at);

  test("removes nothing that it did not write, nor the last verified one, whatever rules and clock say", () => {
    fc.assert(
      fc.property(folder, policy, clock, (candidates, rules, now) => {
        const decisions = decideRetention(candidates, rules, { now });
        expect(decisions.map(({ name }) => name).toSorted()).toEqual(
          candidates.map(({ name }) => name).toSorted(),
        );
        const isKept = new Map(decisions.map(({ name, action }) => [name, action === "keep"]));
        for (const { name, isRecorded } of candidates)
          if (!isRecorded) expect(isKept.get(name)).toBe(true);
        for (const database of ["1/nexushub", "2/nexushub", null]) {
          const verified = candidates.filter(
            (each) => each.isRecorded && each.isVerified && each.database === database,
          );
          for (const last of [newestOf(verified), newestOf(verified.filter(({ at }) => at <= now))])
            if (last !== undefined) expect(isKept.get(last.name)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("keeps the newest, and never less for more rules", () => {
    fc.assert(
      fc.property(folder, policy, rule, rule, (candidates, rules, keep, keepDays) => {
        const newest = newestOf(candidates.filter(({ isRecorded, at }) => isRecorded && at <= NOW));
        const removed = decideRetention(candidates, rules, { now: NOW }).filter(
          ({ action }) => action === "remove",
        );
        expect(removed.map(({ name }) => name)).not.toContain(newest?.name ?? "none");
        const more = kept(candidates, { ...rules, keep, keepDays });
        expect(kept(candidates, { keep }).every((name) => more.includes(name))).toBe(true);
      }),
    );
  });
});
