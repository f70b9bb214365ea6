/**
 * Decides which backups to keep and which to remove. Pure: names and times in, a decision with its reason out. Callers
 * remove exactly what is marked here, so three guarantees depend on this file and bases.ts alone: a file that nexushub-dump
 * did not write is kept, so is the last verified backup of every database, and so is what a differential backup that is kept
 * needs.
 */
import { namesServer } from "../backup-folder/database-identity.ts";
import { UsageError } from "../../errors.ts";
import { formatDuration, plural } from "../../util/format.ts";
import { type NeededBases, neededBases } from "./bases.ts";
import { isHeld, type RetentionCandidate } from "./candidate.ts";
import { dayOf, hourOf, lastOfEach, monthOf, weekOf, yearOf } from "./periods.ts";

/** How many backups to keep. A backup is kept when any rule keeps it. Default, without any rule: the newest 14. */
export interface RetentionPolicy {
  /** Keep this many of the newest. */
  readonly keep?: number | undefined;
  /** Keep those of this time before the newest backup, in milliseconds. */
  readonly keepWithinMs?: number | undefined;
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
  /** Keep the last backup of each year (UTC), for this many years that have one. */
  readonly keepYearly?: number | undefined;
  /** Keep this many of the newest whose last drill passed. */
  readonly keepDrilled?: number | undefined;
}

/** Backups to keep when no rule is set, as in NexusHub's former script. */
export const DEFAULT_KEEP = 14;

/** What happens to one backup, and why. */
export interface RetentionDecision {
  readonly name: string;
  readonly action: "keep" | "remove";
  /** The first reason, for people. */
  readonly reason: string;
  /** Every reason, for people. */
  readonly reasons: readonly string[];
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
  const reasons = new Reasons();
  const counted: RetentionCandidate[] = [];
  for (const candidate of newestFirst) {
    const reason =
      reasonNotToCount(candidate, now, database) ?? reasonOfBase(needed.get(candidate));
    const hold = reasonOfHold(candidate, now);
    if (reason === null) counted.push(candidate);
    else reasons.add(candidate, reason);
    if (hold !== null) reasons.add(candidate, hold);
  }
  for (const each of new Set(counted.map((candidate) => candidate.database))) {
    const backups = counted.filter((candidate) => candidate.database === each);
    applyRules(backups, rules, reasons);
  }
  keepBases(newestFirst, needed, reasons);
  return newestFirst.map((candidate) => {
    const [reason = "no rule keeps it", ...more] = reasons.of(candidate);
    return {
      name: candidate.name,
      action: reasons.has(candidate) ? "keep" : "remove",
      reason,
      reasons: [reason, ...more],
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
  if (candidate.isDamaged === true) return "it is damaged, and does not count";
  if (database !== undefined && candidate.database !== database)
    return candidate.database === null
      ? "its database is not known; prune --adopt reads it"
      : "of another database";
  if (candidate.database !== null && !namesServer(candidate.database))
    return "its server is not known: it may be of another database than the rest";
  return candidate.at > now ? "its time is in the future: the clock was wrong, then or now" : null;
}

/** A backup that is held counts for the rules like any other. */
function reasonOfHold(candidate: RetentionCandidate, now: Date): string | null {
  if (!isHeld(candidate, now)) return null;
  const time = candidate.heldUntil?.toISOString();
  return time === undefined ? "held until it is released" : `held until ${time.slice(0, 16)}Z`;
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
  reasons: Reasons,
): void {
  for (const candidate of newestFirst) {
    if (!reasons.has(candidate)) continue;
    const { bases = [], isGuess = false } = needed.get(candidate) ?? {};
    for (const base of bases) {
      const reason = `${isGuess ? "may be " : ""}the base of ${candidate.name}`;
      reasons.add(base, reason);
    }
  }
}

type Rules = Required<{ [Rule in keyof RetentionPolicy]: number }>;

/** Adds the reasons to keep backups of one database. */
function applyRules(
  newestFirst: readonly RetentionCandidate[],
  rules: Rules,
  reasons: Reasons,
): void {
  for (const candidate of newestFirst.slice(0, rules.keep))
    reasons.add(candidate, `one of the newest ${rules.keep}`);
  const [newest] = newestFirst;
  for (const [spanMs, text] of [
    [rules.keepDays * DAY_MS, `within ${plural(rules.keepDays, "day")} of the newest`],
    [rules.keepWithinMs, `within ${formatDuration(rules.keepWithinMs)} of the newest`],
  ] as const) {
    if (newest === undefined || spanMs === 0) continue;
    const limit = newest.at.getTime() - spanMs;
    for (const candidate of newestFirst)
      if (candidate.at.getTime() >= limit) reasons.add(candidate, text);
  }
  for (const [count, periodOf, prefix] of [
    [rules.keepHourly, hourOf, ""],
    [rules.keepDaily, dayOf, ""],
    [rules.keepWeekly, weekOf, "week "],
    [rules.keepMonthly, monthOf, ""],
    [rules.keepYearly, yearOf, ""],
  ] as const)
    for (const [period, candidate] of lastOfEach(newestFirst, count, periodOf))
      reasons.add(candidate, `the last of ${prefix}${period}`);
  const drilled = newestFirst.filter(({ isDrilled = false }) => isDrilled);
  for (const candidate of drilled.slice(0, rules.keepDrilled))
    reasons.add(candidate, `one of the newest ${rules.keepDrilled} that passed a drill`);
  const lastVerified = newestFirst.find(({ isVerified }) => isVerified);
  if (lastVerified !== undefined) reasons.add(lastVerified, "the last verified backup");
}

/** Why backups are kept: all reasons, in the order of the rules. */
class Reasons {
  readonly #reasons = new Map<RetentionCandidate, string[]>();

  add(candidate: RetentionCandidate, reason: string): void {
    this.#reasons.set(candidate, [...this.of(candidate), reason]);
  }

  of(candidate: RetentionCandidate): readonly string[] {
    return this.#reasons.get(candidate) ?? [];
  }

  has(candidate: RetentionCandidate): boolean {
    return this.#reasons.has(candidate);
  }
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
    keepYearly: policy.keepYearly ?? 0,
    keepDrilled: policy.keepDrilled ?? 0,
    keepWithinMs: policy.keepWithinMs ?? 0,
  };
}
