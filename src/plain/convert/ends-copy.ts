/** Finds what psql takes for the end of COPY data. */

const BACKSLASH = 92;
const DOT = 46;
const MARK = Buffer.from("\n\\.");

/**
 * Whether a line of COPY text is `\.` alone, at which psql (handleCopyIn(), src/bin/psql/copy.c) stops, and reads what
 * follows as SQL. A server writes every backslash of a value twice, so its rows have no such line.
 * @param rows complete lines.
 */
export function endsCopy(rows: Buffer): boolean {
  if (rows[0] === BACKSLASH && rows[1] === DOT && isEnd(rows[2])) return true;
  for (let at = rows.indexOf(MARK); at !== -1; at = rows.indexOf(MARK, at + 1))
    if (isEnd(rows[at + MARK.length])) return true;
  return false;
}

const NEWLINE = 10;
const RETURN = 13;

function isEnd(byte: number | undefined): boolean {
  return byte === undefined || byte === NEWLINE || byte === RETURN;
}
