/** The ASCII bytes that matter to a scanner of SQL. Pure. */

export const BYTE = {
  tab: 9,
  newline: 10,
  return: 13,
  blank: 32,
  doubleQuote: 34,
  dollar: 36,
  quote: 39,
  open: 40,
  close: 41,
  star: 42,
  dash: 45,
  slash: 47,
  semicolon: 59,
  backslash: 92,
} as const;

export const isBlank = (byte: number): boolean =>
  byte === BYTE.blank || (byte >= BYTE.tab && byte <= BYTE.return);

/** Begins an identifier or a keyword. */
export const isWordStart = (byte: number): boolean =>
  (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte === 95 || byte >= 128;

export const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

/** The index of the line's end; -1 without one. A carriage return alone ends a line, too. */
export function lineEnd(chunk: Buffer, at: number): number {
  const newline = chunk.indexOf(BYTE.newline, at);
  const end = newline < 0 ? chunk.length : newline;
  const carriage = chunk.subarray(at, end).indexOf(BYTE.return);
  return carriage < 0 ? newline : at + carriage;
}
