/** Retention keeps what differential backups need, and reports those that lack it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { backupName } from "../../../../src/nexushub/backup-folder/backup-name.ts";
import { neededBases, withoutBase } from "../../../../src/nexushub/retention/bases.ts";
import type { RetentionCandidate } from "../../../../src/nexushub/retention/candidate.ts";
import { decideRetention } from "../../../../src/nexushub/retention/decide.ts";

const MINUTE = 60_000;
const NOW = new Date("2026-11-24T12:00:00Z");

/** A backup so many minutes before NOW: full without a base. */
function backupAt(
  minutes: number,
  base?: string | null,
  facts: Partial<RetentionCandidate> = {},
): RetentionCandidate {
  const at = new Date(NOW.getTime() - minutes * MINUTE);
  const isDifferential = base !== undefined;
  return {
    name: backupName(at, isDifferential ? "differential.tar.gz" : "tar.gz"),
    at,
    isRecorded: true,
    isVerified: true,
    database: "1/nexushub",
    sha256: `digest ${minutes}`,
    isDifferential,
    base: base ?? null,
    ...facts,
  };
}

const decide = (candidates: readonly RetentionCandidate[], keep: number) =>
  Object.fromEntries(
    decideRetention(candidates, { keep }, { now: NOW }).map(({ name, action, reason }) => [
      name,
      `${action}: ${reason}`,
    ]),
  );

test("a base is kept as long as a backup that needs it", () => {
  const [old, base] = [backupAt(100), backupAt(60)];
  const [first, second] = [backupAt(50, "digest 60"), backupAt(40, "digest 60")];
  expect(decide([old, base, first, second], 1)).toEqual({
    [second.name]: "keep: one of the newest 1",
    [first.name]: "remove: no rule keeps it",
    [base.name]: `keep: the base of ${second.name}`,
    [old.name]: "remove: no rule keeps it",
  });
  const next = backupAt(0);
  expect(decide([old, base, first, second, next], 1)).toMatchObject({
    [second.name]: "remove: no rule keeps it",
    [base.name]: "remove: no rule keeps it",
  });
});

test("one without its base is kept, reported, and counts for nothing", () => {
  const [full, broken] = [backupAt(60), backupAt(30, "digest 90")];
  expect(decide([full, broken], 1)).toEqual({
    [broken.name]: "keep: its base is missing: without it, it cannot be restored",
    [full.name]: "keep: one of the newest 1",
  });
  expect(withoutBase([full, broken])).toEqual([broken.name]);
});

test("where digests are not known, everything that may be the base is kept", () => {
  const [a, b] = [backupAt(90, undefined, { sha256: null }), backupAt(60)];
  const later = backupAt(10, undefined, { sha256: null });
  const other = backupAt(80, undefined, { sha256: null, database: "1/other" });
  const unknown = backupAt(30, null);
  const needed = neededBases([a, b, later, other, unknown]).get(unknown);
  expect(needed).toEqual({ bases: [a, b], isGuess: true });
  const known = backupAt(30, "digest of a, perhaps");
  expect(neededBases([a, b, known]).get(known)).toEqual({ bases: [a], isGuess: true });
  expect(decide([a, b, unknown], 1)).toMatchObject({
    [a.name]: `keep: may be the base of ${unknown.name}`,
    [b.name]: `keep: may be the base of ${unknown.name}`,
  });
});

test("no rules leave a kept backup without the base that it had", () => {
  const folders = fc.array(fc.record({ full: fc.boolean(), back: fc.nat(3) }), { maxLength: 40 });
  const rule = fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined });
  const policies = fc.record({ keep: rule, keepHourly: rule, keepDaily: rule });
  fc.assert(
    fc.property(folders, policies, (folder, policy) => {
      const digests: string[] = [];
      const candidates = folder.map(({ full, back }, i) => {
        const minutes = (folder.length - i) * 10;
        const base = full ? undefined : digests.at(-1 - back);
        if (base === undefined) digests.push(`digest ${minutes}`);
        return backupAt(minutes, base);
      });
      const kept = new Set(
        decideRetention(candidates, policy, { now: NOW })
          .filter(({ action }) => action === "keep")
          .map(({ name }) => name),
      );
      const left = candidates.filter(({ name }) => kept.has(name));
      expect(withoutBase(left)).toEqual([]);
      if (candidates.length > 0) expect(left.length).toBeGreaterThan(0);
    }),
  );
});

test("the last backup of each hour is kept", () => {
  const every10Minutes = Array.from({ length: 20 }, (_, i) => backupAt(i * 10));
  const decisions = decideRetention(every10Minutes, { keepHourly: 2 }, { now: NOW });
  expect(decisions.filter(({ action }) => action === "keep").map(({ reason }) => reason)).toEqual([
    "the last of 2026-11-24 12:00 UTC",
    "the last of 2026-11-24 11:00 UTC",
  ]);
});
