/**
 * Which backups stay and which go, as data: names and times in, a decision with its reason for each out. Touches no
 * file and no clock. Whoever carries it out removes exactly what is marked here, so the two promises live here:
 * a file that we did not write stays, and the last verified backup stays.
 */
import { UsageError } from "../../errors.ts";

/** How much to keep. A backup stays when any of the rules wants it; without any rule the newest 14 stay. */
export interface RetentionPolicy {
  /** The newest so many. */
  readonly keep?: number | undefined;
  /** Those made within so many days before the newest backup (not before now: a host whose backups stopped loses none). */
  readonly keepDays?: number | undefined;
  /** The last backup of each of so many days (UTC) that have one. */
  readonly keepDaily?: number | undefined;
  /** The last backup of each of so many ISO weeks (UTC, Monday first) that have one. */
  readonly keepWeekly?: number | undefined;
  /** The last backup of each of so many months (UTC) that have one. */
  readonly keepMonthly?: number | undefined;
}

/** How many stay when no rule is given, as with the script that this replaces. */
export const DEFAULT_KEEP = 14;

/** A file of the backup folder whose name is a backup's. */
export interface RetentionCandidate {
  readonly name: string;
  /** The time in its name. */
  readonly at: Date;
  /** Whether it is known that we wrote it; the name alone is no proof. */
  readonly own: boolean;
  /** Whether it was read back and found whole, unchanged since. */
  readonly verified: boolean;
}

export interface RetentionDecision {
  readonly name: string;
  readonly action: "keep" | "remove";
  /** For people: why. */
  readonly reason: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Decides for each candidate; the answer is newest first.
 * `now` serves only to recognize names from the future: they come from a clock that was wrong, so they stay and are
 * not counted, because counting them would push out every backup made since the clock was put right.
 * @throws UsageError only when a rule is not a whole number, is below 0, or no rule would keep anything.
 */
export function decideRetention(
  candidates: readonly RetentionCandidate[],
  policy: RetentionPolicy,
  now: Date,
): RetentionDecision[] {
  const rules = checked(policy);
  const newestFirst = candidates.toSorted(
    (a, b) => b.at.getTime() - a.at.getTime() || (a.name < b.name ? 1 : -1),
  );
  const counted = newestFirst.filter((c) => c.own && c.at <= now);
  const reasons = new Map<RetentionCandidate, string>();
  const want = (candidate: RetentionCandidate, reason: string) => {
    if (!reasons.has(candidate)) reasons.set(candidate, reason);
  };

  for (const c of newestFirst) {
    if (!c.own) want(c, "not known to be written by nexushub-dump");
    else if (c.at > now) want(c, "its time is in the future: the clock was wrong, then or now");
  }
  for (const c of counted.slice(0, rules.keep)) want(c, `one of the newest ${rules.keep}`);
  const [newest] = counted;
  if (newest !== undefined && rules.keepDays > 0) {
    const limit = newest.at.getTime() - rules.keepDays * DAY_MS;
    for (const c of counted) {
      if (c.at.getTime() >= limit) want(c, `within ${rules.keepDays} days of the newest`);
    }
  }
  lastOfEach(counted, rules.keepDaily, dayOf, (day, c) => want(c, `the last of ${day}`));
  lastOfEach(counted, rules.keepWeekly, weekOf, (week, c) => want(c, `the last of week ${week}`));
  lastOfEach(counted, rules.keepMonthly, monthOf, (month, c) => want(c, `the last of ${month}`));
  const lastVerified = counted.find((c) => c.verified);
  if (lastVerified !== undefined) want(lastVerified, "the last verified backup");

  return newestFirst.map((c) => {
    const reason = reasons.get(c);
    return {
      name: c.name,
      action: reason === undefined ? "remove" : "keep",
      reason: reason ?? "no rule keeps it",
    };
  });
}

function checked(policy: RetentionPolicy): Required<{ [K in keyof RetentionPolicy]: number }> {
  const given = Object.entries(policy).filter(([, value]) => value !== undefined);
  for (const [rule, value] of given) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new UsageError(`${rule} must be a whole number, 0 or more`);
    }
  }
  if (given.length > 0 && given.every(([, value]) => value === 0)) {
    throw new UsageError("the retention rules would keep no backup at all");
  }
  const { keepDays = 0, keepDaily = 0, keepWeekly = 0, keepMonthly = 0 } = policy;
  const { keep = given.length === 0 ? DEFAULT_KEEP : 0 } = policy;
  return { keep, keepDays, keepDaily, keepWeekly, keepMonthly };
}

/** Gives the newest of each of the newest `count` periods. */
function lastOfEach(
  newestFirst: readonly RetentionCandidate[],
  count: number,
  periodOf: (at: Date) => string,
  give: (period: string, candidate: RetentionCandidate) => void,
): void {
  const seen = new Set<string>();
  for (const candidate of newestFirst) {
    const period = periodOf(candidate.at);
    if (seen.has(period)) continue;
    if (seen.size === count) return;
    seen.add(period);
    give(period, candidate);
  }
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10);
const monthOf = (at: Date) => at.toISOString().slice(0, 7);

/** `2026-W53`: ISO 8601 gives a week to the year that holds its Thursday. */
function weekOf(at: Date): string {
  const weekday = (at.getUTCDay() + 6) % 7;
  const thursday = new Date(
    Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() - weekday + 3),
  );
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - first) / (7 * DAY_MS)) + 1;
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, "0")}`;
}
