/**
 * Settings of the restore's transaction: what pins the meaning of the archive's text, and what makes building indexes
 * faster. All are SET LOCAL, so they end with the transaction. Pure.
 */
import type { ServerVersion } from "../../catalog/version.ts";

type Setting = readonly [name: string, value: string];

/** What a database or role could set, and what it would change in how statements and rows are read. */
export function restoreSettings(version: ServerVersion, lockTimeoutMs: number): Setting[] {
  return [
    ["search_path", ""],
    // A function's body can name tables that come later.
    ["check_function_bodies", "off"],
    ["client_min_messages", "warning"],
    ["datestyle", "ISO, YMD"],
    ["intervalstyle", "postgres"],
    ["timezone", "UTC"],
    ["xmloption", "content"],
    ["standard_conforming_strings", "on"],
    ["escape_string_warning", "off"],
    ["transform_null_equals", "off"],
    ["array_nulls", "on"],
    ["row_security", "off"],
    ["default_tablespace", ""],
    ["default_table_access_method", "heap"],
    ["statement_timeout", "0"],
    ["lock_timeout", String(Math.trunc(lockTimeoutMs))],
    ["idle_in_transaction_session_timeout", "0"],
    ...(version.major >= 17 ? ([["transaction_timeout", "0"]] as const) : []),
  ];
}

/** The server's own settings that tuning starts from; memory in kilobytes. */
export interface TuningFacts {
  readonly sharedBuffersKb: number;
  readonly maintenanceWorkMemKb: number;
  readonly maxParallelMaintenanceWorkers: number;
  readonly maxParallelWorkers: number;
}

/** More memory than this no longer made index builds faster. */
const MOST_MEMORY_KB = 1024 * 1024;
/** Less than this makes sorts of a few million rows spill. */
const LEAST_MEMORY_KB = 128 * 1024;

/** What index builds get. */
export interface Tuning {
  /** As PostgreSQL writes it: `262144kB`. */
  readonly maintenanceWorkMem: string;
  readonly maxParallelMaintenanceWorkers: number;
}

/**
 * Memory and workers for building indexes. `shared_buffers` is what the administrator thought a good share of the
 * machine; twice it is still far from all. Never lower than what the server has.
 */
export function tuning(facts: TuningFacts): Tuning {
  const memory = Math.max(
    facts.maintenanceWorkMemKb,
    Math.min(MOST_MEMORY_KB, Math.max(LEAST_MEMORY_KB, 2 * facts.sharedBuffersKb)),
  );
  return {
    maintenanceWorkMem: `${memory}kB`,
    maxParallelMaintenanceWorkers: Math.max(
      facts.maxParallelMaintenanceWorkers,
      Math.min(4, facts.maxParallelWorkers),
    ),
  };
}

export function tuningSettings(tuned: Tuning): Setting[] {
  return [
    ["maintenance_work_mem", tuned.maintenanceWorkMem],
    ["max_parallel_maintenance_workers", String(tuned.maxParallelMaintenanceWorkers)],
  ];
}

/**
 * Memory for a GIN index, less than for others: its entries are gathered in a tree, and once that outgrows the
 * processor's caches each one costs more (1.5 million rows of jsonb_path_ops: 6.4 s of processor time with 32 MB, 9.7 s
 * with 256 MB). From 18 on several processes build it and share the memory.
 */
export function ginMemory({ major }: ServerVersion): string {
  return major >= 18 ? "64MB" : "32MB";
}
