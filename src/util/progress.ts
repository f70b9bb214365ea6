/** Progress of moving rows: counts them and reports, but not more often than people can look. */
import type { OnProgress } from "../events.ts";

/** The least time between two data events (see `DataEvent`). */
const INTERVAL_MS = 100;

export interface DataProgress {
  /** Rows of a relation have passed. */
  add(relation: string, rows: number, bytes: number): void;
  /** The relation is complete. */
  complete(relation: string, rows: number, bytes: number): void;
  /** The data phase is over. */
  finish(): void;
}

/** @param totalBytes what is expected; reported as at least what has passed, because estimates can be too low. */
export function dataProgress(onProgress: OnProgress | undefined, totalBytes: number): DataProgress {
  let bytes = 0;
  let rows = 0;
  let last = -Infinity;
  let current = "";
  const report = (total: number): void =>
    onProgress?.({ type: "data", bytes, totalBytes: total, rows, relation: current });
  return {
    add(relation, addedRows, addedBytes) {
      bytes += addedBytes;
      rows += addedRows;
      current = relation;
      const now = performance.now();
      if (now - last < INTERVAL_MS) return;
      last = now;
      report(Math.max(totalBytes, bytes));
    },
    complete: (relation, relationRows, relationBytes) =>
      onProgress?.({ type: "relation", relation, rows: relationRows, bytes: relationBytes }),
    finish: () => report(bytes),
  };
}
