/** What storage parameters of tables need of a server. */
import { FEATURE, type ServerFeature } from "./server-features.ts";

/** Those that came with PostgreSQL 19 (PostgreSQL docs, CREATE TABLE, storage parameters). */
const SINCE_19: ReadonlySet<string> = new Set([
  "autovacuum_parallel_workers",
  "log_autoanalyze_min_duration",
]);

/** @param options each `name=value`; null for none. */
export function storageFeatures(options: readonly string[] | null): readonly ServerFeature[] {
  if (options === null) return [];
  return options.some((option) => SINCE_19.has(option.split("=", 1)[0]!))
    ? [FEATURE.storageParameters19]
    : [];
}
