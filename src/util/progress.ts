/** Progress of moving rows: counts them and reports, but not more often than people can look. */
import type { OnProgress, RelationEvent } from "../events.ts";

/** The least time between two data events (see `DataEvent`). */
const INTERVAL_MS = 100;

/** What was moved of one relation. */
export type RelationCounts = Pick<RelationEvent, "rows" | "bytes" | "reusedBytes">;

export interface DataProgress {
  /** Rows of a relation have passed. */
  add(relation: string, rows: number, bytes: number): void;
  /** The relation is complete. */
  complete(relation: string, counts: RelationCounts): void;
  /** The data phase is over. */
  finish(): void;
}

/** What is expected when so many bytes have passed; 0 when that is not known. */
export type ExpectedBytes = (bytes: number) => number;

/** @param totalBytes what is expected; a number is reported as at least what has passed. */
export function dataProgress(
  onProgress: OnProgress | undefined,
  totalBytes: number | ExpectedBytes,
): DataProgress {
  const expected: ExpectedBytes =
    typeof totalBytes === "number" ? (passed) => Math.max(totalBytes, passed) : totalBytes;
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
      report(expected(bytes));
    },
    complete: (relation, counts) => onProgress?.({ type: "relation", relation, ...counts }),
    finish: () => report(bytes),
  };
}
