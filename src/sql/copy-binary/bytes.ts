/** ASCII characters in the text of fields, and what they stand for. */

export const TAB = 9;
export const NEWLINE = 10;
export const SPACE = 32;
export const PLUS = 43;
export const MINUS = 45;
export const DOT = 46;
export const SLASH = 47;
const ZERO = 48;
const NINE = 57;
export const COLON = 58;
export const BACKSLASH = 92;

/** Whether a field ends before the byte. */
export function isEnd(byte: number | undefined): boolean {
  return byte === TAB || byte === NEWLINE;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** @returns the value of a decimal digit; another byte gives what is not between 0 and 9. */
export function digit(byte: number | undefined): number {
  return (byte ?? 0) - ZERO;
}

/** What `HEX` has for bytes that are no hexadecimal digits. */
export const NO_HEX = 255;
/** Values of hexadecimal digits with small letters. */
export const HEX = new Uint8Array(256).fill(NO_HEX);
for (const [value, char] of [..."0123456789abcdef"].entries()) HEX[char.charCodeAt(0)] = value;
