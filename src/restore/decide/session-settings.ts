/**
 * Settings of the restore's transaction: those that fix the meaning of the archive's text, and those that make index
 * builds faster. All are SET LOCAL, so they end with the transaction. Pure.
 */
import type { ServerVersion } from "../../catalog/version.ts";
import type { SessionFacts } from "../target/facts.ts";

export type Setting = readonly [name: string, value: string];

/** Settings of a database or role that would change how the server reads statements and rows. */
export function pinnedSettings(version: ServerVersion, lockTimeoutMs: number): Setting[] {
  return [
    ["search_path", ""],
    // A function's body can name tables that come later.
    ["check_function_bodies", "off"],
    ["client_min_messages", "warning"],
    ["datestyle", "ISO, YMD"],
    ["intervalstyle", "postgres"],
    ["timezone", "UTC"],
    ["lc_monetary", "C"],
    ["xmloption", "content"],
    ["standard_conforming_strings", "on"],
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

/** More memory than this did not make index builds faster. */
const MAX_MEMORY_KB = 1024 * 1024;
/** With less than this, sorts of a few million rows spill to disk. */
const MIN_MEMORY_KB = 128 * 1024;

/** Memory and workers of index builds. */
export interface Tuning {
  readonly maintenanceWorkMemKb: number;
  readonly maxParallelMaintenanceWorkers: number;
  /** How many processes can build an index at once, the session's own included. */
  readonly processes: number;
}

/**
 * Memory and workers for what has no memory of its own (`indexMemory`). `shared_buffers` is what the administrator considers a good share of the
 * machine; twice as much is still far from all of it. Never lower than the server's own settings.
 */
export function tuning(
  facts: Pick<
    SessionFacts,
    | "sharedBuffersKb"
    | "maintenanceWorkMemKb"
    | "maxParallelMaintenanceWorkers"
    | "maxParallelWorkers"
    | "processors"
  >,
): Tuning {
  const memory = Math.max(
    facts.maintenanceWorkMemKb,
    Math.min(MAX_MEMORY_KB, Math.max(MIN_MEMORY_KB, 2 * facts.sharedBuffersKb)),
  );
  const workers = Math.max(
    facts.maxParallelMaintenanceWorkers,
    Math.min(4, facts.maxParallelWorkers),
  );
  return {
    maintenanceWorkMemKb: memory,
    maxParallelMaintenanceWorkers: workers,
    processes: Math.min(
      Math.min(workers, facts.maxParallelWorkers) + 1,
      facts.processors ?? Number.POSITIVE_INFINITY,
    ),
  };
}

export function memorySetting(kilobytes: number): Setting {
  return ["maintenance_work_mem", `${kilobytes}kB`];
}

export function tuningSettings(tuned: Tuning): Setting[] {
  return [
    memorySetting(tuned.maintenanceWorkMemKb),
    ["max_parallel_maintenance_workers", String(tuned.maxParallelMaintenanceWorkers)],
  ];
}

/** Settings of event triggers, which only superusers may change. */
export const SUPERUSER_SETTINGS = ["event_triggers", "session_replication_role"] as const;

/**
 * Event triggers of the target, and those that the archive creates, must not act on the restore's statements. Only a
 * superuser may set this.
 */
export function eventTriggerSettings({ major }: ServerVersion): Setting[] {
  return [major >= 17 ? ["event_triggers", "off"] : ["session_replication_role", "replica"]];
}

/** Names of all settings that a restore can change, the role included. */
export const CHANGED_SETTINGS: readonly string[] = [
  ...pinnedSettings({ num: 180000, major: 18 }, 0).map(([name]) => name),
  "maintenance_work_mem",
  "max_parallel_maintenance_workers",
  "role",
  ...SUPERUSER_SETTINGS,
];
