/** What a field encoder works on: a field of COPY's text format, and the place for the same value in its binary format. */

import { isEnd } from "./bytes.ts";

/** Both buffers, and where in them. */
export interface Field {
  input: Buffer;
  /** The input's bytes, to read several at once. */
  inputView: DataView;
  /** The field's first byte; an encoder leaves it at the tab or newline behind the field. */
  at: number;
  output: Buffer;
  /** The output's bytes, to write several at once. */
  outputView: DataView;
  /** Where the value begins; an encoder leaves it behind the value. There is room for the field's bytes and `FIELD_ROOM`. */
  to: number;
}

/**
 * Writes the binary value of one field that is not null.
 * @returns false where the text is not exactly what PostgreSQL writes for a value of the type. The server may take it all
 * the same, so such a row is left to the server, as text.
 */
export type FieldEncoder = (field: Field) => boolean;

/** How many bytes more than the text of a field its value can take, with its length: `::` as inet takes 24. */
export const FIELD_ROOM = 32;

export function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Skips a byte if it is the next one. */
export function take(field: Field, byte: number): boolean {
  if (field.input[field.at] !== byte) return false;
  field.at++;
  return true;
}

/** @returns the position of the tab or newline behind the field. */
export function endOf({ input, at }: Field): number {
  let end = at;
  while (!isEnd(input[end])) end++;
  return end;
}

export function put16(field: Field, value: number): void {
  field.outputView.setInt16(field.to, value);
  field.to += 2;
}

export function put32(field: Field, value: number): void {
  field.outputView.setInt32(field.to, value);
  field.to += 4;
}

const WORD = 2 ** 32;

/** @param value a safe integer. */
export function put64(field: Field, value: number): void {
  const high = Math.floor(value / WORD);
  put32(field, high);
  put32(field, value - high * WORD);
}
