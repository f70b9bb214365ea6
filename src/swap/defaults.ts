/** The options of a restore beside its target with every default filled in. Pure. */
import { UsageError } from "../errors.ts";
import type { RestoreOptions, SwapOptions } from "../restore/options.ts";

export interface SwapSettings {
  readonly jobs: number;
  readonly keepOldMs: number;
  readonly timeoutMs: number;
}

const DAY_MS = 86_400_000;
const MAX_JOBS = 128;
/** A hundred years: dates stay ones that can be written. */
const MAX_KEEP_MS = 36_500 * DAY_MS;

/** Options of which each makes a restore one of a part of the database, or one into what exists. */
const EXCLUDED: readonly (readonly [key: keyof RestoreOptions, name: string])[] = [
  ["force", "force"],
  ["dataOnly", "data-only"],
  ["sections", "sections"],
  ["tables", "tables"],
  ["schemas", "schemas"],
  ["useList", "a list"],
  ["disableTriggers", "disabled triggers"],
];

/** @throws UsageError when options exclude each other or a value makes no sense. */
export function swapSettings(options: RestoreOptions, swap: SwapOptions): SwapSettings {
  if (options.roles === true)
    throw new UsageError("swap and roles exclude each other", {
      hint: "roles are made in the one transaction of a restore without swap: create them first",
    });
  const excluded = EXCLUDED.find(([key]) => {
    const value = options[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  });
  if (excluded !== undefined) {
    throw new UsageError(`swap and ${excluded[1]} exclude each other`, {
      hint: "a swap replaces the whole database with a new one; restore a part in one transaction",
    });
  }
  const { jobs = 2, keepOld = 7 * DAY_MS, timeoutMs = 30_000 } = swap;
  if (!Number.isSafeInteger(jobs) || jobs < 1 || jobs > MAX_JOBS)
    throw new UsageError(`jobs must be an integer from 1 to ${MAX_JOBS}`);
  if (!(keepOld >= 0 && keepOld <= MAX_KEEP_MS))
    throw new UsageError("keepOld must be 0 or a positive number of milliseconds");
  if (!(timeoutMs > 0)) throw new UsageError("timeoutMs must be a positive number of milliseconds");
  return { jobs, keepOldMs: keepOld, timeoutMs };
}
