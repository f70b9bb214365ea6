/**
 * Decides which backups to keep and which to remove. Pure: names and times in, a decision with its reason out. Callers
 * remove exactly what is marked here, so three guarantees depend on this file and bases.ts alone: a file that nexushub-dump
 * did not write is kept, so is the last verified backup of every database, and so is what a differential backup that is kept
 * needs.
 */
import { UsageError } from "../../errors.ts";
import { type NeededBases, neededBases } from "./bases.ts";
import type { RetentionCandidate } from "./candidate.ts";

/** How many backups to keep. A backup is kept when any rule keeps it. Default, without any rule: the newest 14. */
export interface RetentionPolicy {
  /** Keep this many of the newest. */
  readonly keep?: number | undefined;
  /** Keep those of this many days before the newest backup (not before now: if backups stop, none is lost). */
  readonly keepDays?: number | undefined;
  /** Keep the last backup of each hour (UTC), for this many hours that have one. */
  readonly keepHourly?: number | undefined;
  /** Keep the last backup of each day (UTC), for this many days that have one. */
  readonly keepDaily?: number | undefined;
  /** Keep the last backup of each ISO week (UTC, Monday first), for this many weeks that have one. */
  readonly keepWeekly?: number | undefined;
  /** Keep the last backup of each month (UTC), for this many months that have one. */
  readonly keepMonthly?: number | undefined;
}

/** Backups to keep when no rule is set, as in NexusHub's former script. */
export const DEFAULT_KEEP = 14;

/** What happens to one backup, and why. */
export interface RetentionDecision {
  readonly name: string;
  readonly action: "keep" | "remove";
  /** For people. */
  readonly reason: string;
}

/** What retention needs to know beside the backups. */
export interface RetentionContext {
  /**
   * A backup with a later time comes from a wrong clock. It is kept and not counted, because otherwise it would push out
   * the backups made since.
   */
  readonly now: Date;
  /** Apply the rules to this database only, and keep the backups of all others. Default: to each database. */
  readonly database?: string | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Decides for every candidate; the result is newest first.
 * @throws UsageError only when a rule is not an integer, is negative, or all rules together keep nothing.
 */
export function decideRetention(
  candidates: readonly RetentionCandidate[],
  policy: RetentionPolicy,
  { now, database }: RetentionContext,
): RetentionDecision[] {
  const rules = checkPolicy(policy);
  const newestFirst = candidates.toSorted(
    (a, b) => b.at.getTime() - a.at.getTime() || (a.name < b.name ? 1 : -1),
  );
  const needed = neededBases(newestFirst);
  const reasons = new Map<RetentionCandidate, string>();
  const counted: RetentionCandidate[] = [];
  for (const candidate of newestFirst) {
    const reason =
      reasonNotToCount(candidate, now, database) ?? reasonOfBase(needed.get(candidate));
    if (reason === null) counted.push(candidate);
    else reasons.set(candidate, reason);
  }
  for (const each of new Set(counted.map((candidate) => candidate.database))) {
    const backups = counted.filter((candidate) => candidate.database === each);
    applyRules(backups, rules, reasons);
  }
  keepBases(newestFirst, needed, reasons);
  return newestFirst.map((candidate) => {
    const reason = reasons.get(candidate);
    return {
      name: candidate.name,
      action: reason === undefined ? "remove" : "keep",
      reason: reason ?? "no rule keeps it",
    };
  });
}

/** Why a candidate is kept without counting for any rule; null when it counts. */
function reasonNotToCount(
  candidate: RetentionCandidate,
  now: Date,
  database: string | undefined,
): string | null {
  if (!candidate.isRecorded) return "not known to be written by nexushub-dump";
  if (candidate.isSigned === false) return "no required key signed it";
  if (database !== undefined && candidate.database !== database)
    return candidate.database === null
      ? "its database is not known; prune --adopt reads it"
      : "of another database";
  return candidate.at > now ? "its time is in the future: the clock was wrong, then or now" : null;
}

/** One without its base cannot be restored: it must not push out others, and may become whole again. */
function reasonOfBase(needed: NeededBases | undefined): string | null {
  return needed === undefined || needed.bases.length > 0
    ? null
    : "its base is missing: without it, it cannot be restored";
}

/** Keeps what the differential backups that are kept need; the newest one gives the reason. */
function keepBases(
  newestFirst: readonly RetentionCandidate[],
  needed: ReadonlyMap<RetentionCandidate, NeededBases>,
  reasons: Map<RetentionCandidate, string>,
): void {
  for (const candidate of newestFirst) {
    if (!reasons.has(candidate)) continue;
    const { bases = [], isGuess = false } = needed.get(candidate) ?? {};
    for (const base of bases) {
      const reason = `${isGuess ? "may be " : ""}the base of ${candidate.name}`;
      if (!reasons.has(base)) reasons.set(base, reason);
    }
  }
}

type Rules = Required<{ [Rule in keyof RetentionPolicy]: number }>;

/** Adds the reasons to keep backups of one database; the first rule that keeps a backup gives its reason. */
function applyRules(
  newestFirst: readonly RetentionCandidate[],
  rules: Rules,
  reasons: Map<RetentionCandidate, string>,
): void {
  const addReason = (candidate: RetentionCandidate, reason: string): void => {
    if (!reasons.has(candidate)) reasons.set(candidate, reason);
  };
  for (const candidate of newestFirst.slice(0, rules.keep))
    addReason(candidate, `one of the newest ${rules.keep}`);
  const [newest] = newestFirst;
  if (newest !== undefined && rules.keepDays > 0) {
    const limit = newest.at.getTime() - rules.keepDays * DAY_MS;
    for (const candidate of newestFirst) {
      if (candidate.at.getTime() >= limit)
        addReason(candidate, `within ${rules.keepDays} days of the newest`);
    }
  }
  for (const [hour, candidate] of lastOfEach(newestFirst, rules.keepHourly, hourOf))
    addReason(candidate, `the last of ${hour}`);
  for (const [day, candidate] of lastOfEach(newestFirst, rules.keepDaily, dayOf))
    addReason(candidate, `the last of ${day}`);
  for (const [week, candidate] of lastOfEach(newestFirst, rules.keepWeekly, weekOf))
    addReason(candidate, `the last of week ${week}`);
  for (const [month, candidate] of lastOfEach(newestFirst, rules.keepMonthly, monthOf))
    addReason(candidate, `the last of ${month}`);
  const lastVerified = newestFirst.find(({ isVerified }) => isVerified);
  if (lastVerified !== undefined) addReason(lastVerified, "the last verified backup");
}

function checkPolicy(policy: RetentionPolicy): Rules {
  const entries = Object.entries(policy).filter(([, value]) => value !== undefined);
  for (const [rule, value] of entries) {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new UsageError(`${rule} must be an integer, 0 or more`);
  }
  if (entries.length > 0 && entries.every(([, value]) => value === 0))
    throw new UsageError("the retention rules would keep no backup at all");
  const fallback = entries.length === 0 ? DEFAULT_KEEP : 0;
  return {
    keep: policy.keep ?? fallback,
    keepDays: policy.keepDays ?? 0,
    keepHourly: policy.keepHourly ?? 0,
    keepDaily: policy.keepDaily ?? 0,
    keepWeekly: policy.keepWeekly ?? 0,
    keepMonthly: policy.keepMonthly ?? 0,
  };
}

/** Returns the newest backup of each of the newest `count` periods. */
function lastOfEach(
  newestFirst: readonly RetentionCandidate[],
  count: number,
  periodOf: (at: Date) => string,
): [period: string, last: RetentionCandidate][] {
  const periods = new Map<string, RetentionCandidate>();
  for (const candidate of newestFirst) {
    const period = periodOf(candidate.at);
    if (!periods.has(period)) periods.set(period, candidate);
  }
  return [...periods].slice(0, count);
}

/** `2026-11-24 03:00 UTC`. */
const hourOf = (at: Date): string => `${at.toISOString().slice(0, 13).replace("T", " ")}:00 UTC`;
const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** `2026-W53`. In ISO 8601 a week belongs to the year that contains its Thursday. */
function weekOf(at: Date): string {
  const weekday = (at.getUTCDay() + 6) % 7;
  const thursday = new Date(
    Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() - weekday + 3),
  );
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - first) / (7 * DAY_MS)) + 1;
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, "0")}`;
}
