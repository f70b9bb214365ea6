/** Hours, days, weeks, months and years of backups, in UTC. Pure. */
import type { RetentionCandidate } from "./candidate.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Returns the newest backup of each of the newest `count` periods. */
export function lastOfEach(
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
export const hourOf = (at: Date): string =>
  `${at.toISOString().slice(0, 13).replace("T", " ")}:00 UTC`;
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);
export const yearOf = (at: Date): string => String(at.getUTCFullYear());

/** `2026-W53`. In ISO 8601 a week belongs to the year that contains its Thursday. */
export function weekOf(at: Date): string {
  const weekday = (at.getUTCDay() + 6) % 7;
  const thursday = new Date(
    Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() - weekday + 3),
  );
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - first) / (7 * DAY_MS)) + 1;
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, "0")}`;
}
