/** Bytes and tokens of JSON (RFC 8259), and the error of a manifest that is none. Pure. */
import { ArchiveError } from "../../errors.ts";
import { JSON_TYPES } from "./shape.ts";

/** The token goes on in the next chunk. */
export const INCOMPLETE = -1;

export const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const LETTER_U = 0x75;
export const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** @param path where in the manifest, as `objects.12.name`; empty for the whole. */
export function manifestDamaged(path: string, problem: string, cause?: unknown): ArchiveError {
  const where = path === "" ? problem : `${path}: ${problem}`;
  return new ArchiveError(`the manifest is damaged: ${where}`, { object: "manifest", cause });
}

export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Letters, digits, signs and points. */
export function isWord(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

/** By its first letter; JSON.parse checks the others. */
export function typeOfWord(byte: number): number {
  if (byte === 0x6e) return JSON_TYPES.null;
  if (byte === 0x74 || byte === 0x66) return JSON_TYPES.boolean;
  return JSON_TYPES.number;
}

/** Whether a field name and its closing quotation mark stand there. */
export function begins(data: Buffer, at: number, name: Buffer): boolean {
  const { length } = name;
  if (data[at + length] !== QUOTE) return false;
  for (let index = 0; index < length; index++) {
    if (data[at + index] !== name[index]) return false;
  }
  return true;
}

/** @returns 0xd800 where it is not four hexadecimal digits: that stands for no character either. */
function codeUnit(data: Buffer, at: number): number {
  const digits = data.toString("latin1", at + 2, at + 6);
  return data[at + 1] === LETTER_U && /^[0-9a-f]{4}$/i.test(digits)
    ? Number.parseInt(digits, 16)
    : 0xd8_00;
}

/**
 * Where an escape sequence ends. PostgreSQL has no character 0 in a text, and a surrogate without its other half is no
 * character at all: on the way to a server, both would silently become something else.
 */
export function escapeEnd(data: Buffer, at: number, fail: (problem: string) => never): number {
  if (at + 2 > data.length) return INCOMPLETE;
  if (data[at + 1] !== LETTER_U) return at + 2;
  if (at + 6 > data.length) return INCOMPLETE;
  const unit = codeUnit(data, at);
  if (unit === 0) fail("it contains the character 0");
  if (unit < 0xd8_00 || unit > 0xdf_ff) return at + 6;
  if (at + 12 > data.length) return INCOMPLETE;
  const second = data[at + 6] === BACKSLASH ? codeUnit(data, at + 6) : 0;
  if (unit > 0xdb_ff || second < 0xdc_00 || second > 0xdf_ff) fail("it contains half a character");
  return at + 12;
}
