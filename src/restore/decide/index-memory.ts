/**
 * `maintenance_work_mem` for building an index. More is not faster: what is sorted or gathered should stay in a processor's
 * caches (measured, two processors, 1.5 million rows, five B-trees without parallel workers: 8.9 s with 4 MB, 9.7 with 16, 10.6
 * with 64, 11.3 with 256; with one worker 6.5 s with 64 MB, 6.9 with 256). Pure.
 */
import type { ServerVersion } from "../../catalog/version.ts";

/** An index whose build takes long enough to have its own memory. */
export interface IndexBuild {
  readonly accessMethod: "btree" | "gin";
  /** COPY text of the table's rows: more than what is sorted. */
  readonly tableBytes: number;
}

const MB = 1024 * 1024;
/** With fewer bytes all fits into any memory. */
const SMALL_TABLE_BYTES = 8 * MB;
const MIN_SORT_BYTES = 8 * MB;
const MAX_SORT_BYTES = 1024 * MB;
/** What a process needs, or the server builds with fewer (plan_create_index_workers, src/backend/optimizer/plan/planner.c). */
const PROCESS_BYTES = 32 * MB;
/** Memory that merging a sorted run takes (tuplesort_merge_order, src/backend/utils/sort/tuplesort.c). */
const MERGE_BYTES = 33 * 8192;
/** 1.5 million rows of jsonb_path_ops, medians of three: 3.7 s with 4 to 16 MB, 4.2 with 32, 4.4 with 64. */
const GIN_BYTES = 16 * MB;
/** From 18 on several processes build it (PostgreSQL 18 release notes). */
const PARALLEL_GIN = 18;

/** @returns undefined for all other indexes. */
export function indexBuild(
  accessMethod: string | null,
  tableBytes: number,
): IndexBuild | undefined {
  if (tableBytes < SMALL_TABLE_BYTES) return undefined;
  return accessMethod === "btree" || accessMethod === "gin"
    ? { accessMethod, tableBytes }
    : undefined;
}

/**
 * @param processes how many build it together, the session's own included.
 */
export function indexMemoryKb(
  { accessMethod, tableBytes }: IndexBuild,
  processes: number,
  { major }: ServerVersion,
): number {
  if (accessMethod === "gin")
    return inKb(processes > 1 && major >= PARALLEL_GIN ? PROCESS_BYTES * processes : GIN_BYTES);
  const each = sortBytes(tableBytes / processes);
  return inKb(processes > 1 ? Math.max(PROCESS_BYTES, each) * processes : each);
}

/** The least memory of which the sorted runs are merged at once. */
function sortBytes(bytes: number): number {
  return Math.min(MAX_SORT_BYTES, Math.max(MIN_SORT_BYTES, Math.sqrt(bytes * MERGE_BYTES)));
}

const inKb = (bytes: number): number => Math.ceil(bytes / 1024);
