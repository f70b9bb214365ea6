/**
 * Rows of COPY text. Every newline byte ends a row (PostgreSQL docs, COPY, "Text Format": a newline in a value is
 * written as \n), so rows are counted and cut without being parsed.
 */

/** Complete rows of COPY text. */
export interface RowBlock {
  readonly data: Buffer;
  readonly rows: number;
}

const NEWLINE = 10;

/** Counts the rows in COPY text: its newline bytes. */
export function countRows(data: Uint8Array): number {
  let rows = 0;
  for (let at = data.indexOf(NEWLINE); at !== -1; at = data.indexOf(NEWLINE, at + 1)) rows++;
  return rows;
}
