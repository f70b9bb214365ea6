/**
 * Rows of COPY text as bytes: where their fields are, which bytes are the key, and rows brought into one form when the
 * two sides have other columns. In COPY text a newline byte ends a row and a tab ends a field; both are escaped in
 * values (PostgreSQL docs, COPY, "Text Format").
 */
const NEWLINE = 10;
const TAB = 9;
const BACKSLASH = 92;

/** Calls `row` with the bounds of each row of whole-row text, the line end left out. */
export function eachRow(data: Buffer, row: (start: number, end: number) => void): void {
  for (let start = 0; start < data.length;) {
    const end = data.indexOf(NEWLINE, start);
    row(start, end);
    start = end + 1;
  }
}

/** The bounds of a row's fields: `bounds[i]` is where field i begins, `bounds[i + 1] - 1` where it ends. */
export function fieldBounds(data: Buffer, start: number, end: number): number[] {
  const bounds = [start];
  for (let at = start; at < end; at++) if (data[at] === TAB) bounds.push(at + 1);
  bounds.push(end + 1);
  return bounds;
}

/** Gives the key of a row as a text to look up: its bytes, one character each. */
export type KeyOf = (data: Buffer, start: number, end: number) => string;

/** @param columns places of the key's columns; none means the whole row. */
export function keyOf(columns: readonly number[]): KeyOf {
  if (columns.length === 0) return (data, start, end) => data.toString("latin1", start, end);
  const first = columns.every((column, i) => column === i) ? columns.length : 0;
  // The usual case: the key is what the row begins with.
  if (first > 0) {
    return (data, start, end) => {
      let at = start - 1;
      for (let n = 0; n < first; n++) {
        at = data.indexOf(TAB, at + 1);
        if (at === -1 || at > end) at = end;
      }
      return data.toString("latin1", start, at);
    };
  }
  return (data, start, end) => {
    const bounds = fieldBounds(data, start, end);
    return columns
      .map((column) => data.toString("latin1", bounds[column], bounds[column + 1]! - 1))
      .join("\t");
  };
}

/** Whole-row text with the fields at these places alone, in this order. */
export function project(data: Buffer, columns: readonly number[]): Buffer {
  const result = Buffer.allocUnsafe(data.length + countOf(data, NEWLINE) * (columns.length + 1));
  let used = 0;
  eachRow(data, (start, end) => {
    const bounds = fieldBounds(data, start, end);
    for (const [i, column] of columns.entries()) {
      if (i > 0) result[used++] = TAB;
      used += data.copy(result, used, bounds[column], bounds[column + 1]! - 1);
    }
    result[used++] = NEWLINE;
  });
  return result.subarray(0, used);
}

function countOf(data: Buffer, byte: number): number {
  let count = 0;
  for (let at = data.indexOf(byte); at !== -1; at = data.indexOf(byte, at + 1)) count++;
  return count;
}

/** FNV-1a over a text of bytes: spreads rows over buckets, nothing else. */
export function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

const UNESCAPED: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** A field's value; null for `\N`. */
export function fieldValue(
  data: Buffer,
  start: number,
  end: number,
  encoding: BufferEncoding,
): string | null {
  if (end - start === 2 && data[start] === BACKSLASH && data[start + 1] === 78) return null;
  const text = data.toString(encoding, start, end);
  return text.replaceAll(/\\(.)/gs, (_, char: string) => UNESCAPED[char] ?? char);
}
