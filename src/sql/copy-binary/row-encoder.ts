/**
 * Turns rows of COPY's text format into its binary format (PostgreSQL docs, COPY, "Binary Format"). The server reads that with
 * less work: 1.5 million rows of an audit log in 3.9 s instead of 6.2, and the conversion takes 1.4 s of another processor.
 */
import { BACKSLASH, NEWLINE, TAB } from "./bytes.ts";
import { type Field, FIELD_ROOM, type FieldEncoder, put16, put32, viewOf } from "./field.ts";

const NOTHING = Buffer.alloc(0);
const LETTER_N = 78;
const NULL_LENGTH = -1;
const LENGTH_BYTES = 4;
const COUNT_BYTES = 2;

/** Signature, flags, and the length of an extension of the header, which there is not. */
export const BINARY_HEADER = Buffer.from("PGCOPY\n\u{FF}\r\n\0\0\0\0\0\0\0\0\0", "latin1");
export const BINARY_TRAILER = Buffer.from([0xff, 0xff]);

/** Bytes of binary rows that are made at once: in the time that takes, the server must not run out of those before. */
const SLICE_BYTES = 64 * 1024;
/** Memory for many of them. */
const OUTPUT_BYTES = 1024 * 1024;
/** Longer rows stay text, so that they are not in memory twice. */
const MAX_ROW_BYTES = 4 * 1024 * 1024;

/** Encodes the rows of one relation. */
export class RowEncoder {
  readonly #encoders: readonly FieldEncoder[];
  readonly #field: Field = {
    input: NOTHING,
    inputView: viewOf(NOTHING),
    at: 0,
    output: NOTHING,
    outputView: viewOf(NOTHING),
    to: 0,
  };

  /** @param encoders one for each field of a row. */
  constructor(encoders: readonly FieldEncoder[]) {
    this.#encoders = encoders;
  }

  /**
   * Yields binary rows, without header and trailer, until a row has another form than PostgreSQL gives it.
   * @param rows complete rows.
   * @returns that row and all behind it; empty when there is none.
   */
  *encode(rows: Buffer): Generator<Buffer, Buffer> {
    const field = this.#field;
    field.input = rows;
    field.inputView = viewOf(rows);
    let at = 0;
    let used = 0;
    let yielded = 0;
    field.output = NOTHING;
    while (at < rows.length) {
      const room = this.#room(rows.indexOf(NEWLINE, at) + 1 - at);
      const isFull = used + room > field.output.length;
      if (used > yielded && (isFull || used - yielded >= SLICE_BYTES)) {
        yield field.output.subarray(yielded, used);
        yielded = used;
      }
      if (isFull) {
        field.output = Buffer.allocUnsafe(Math.max(OUTPUT_BYTES, room));
        field.outputView = viewOf(field.output);
        used = 0;
        yielded = 0;
      }
      field.at = at;
      field.to = used;
      if (room === 0 || !this.#encodeRow()) break;
      at = field.at;
      used = field.to;
    }
    if (used > yielded) yield field.output.subarray(yielded, used);
    return rows.subarray(at);
  }

  /** The most bytes that a row can take; 0 when it stays text. */
  #room(bytes: number): number {
    const staysText = bytes <= 0 || bytes > MAX_ROW_BYTES;
    return staysText ? 0 : bytes + this.#encoders.length * FIELD_ROOM + COUNT_BYTES;
  }

  #encodeRow(): boolean {
    const field = this.#field;
    const { input } = field;
    const last = this.#encoders.length - 1;
    put16(field, this.#encoders.length);
    for (let i = 0; i <= last; i++) {
      const length = field.to;
      const isNull = input[field.at] === BACKSLASH && input[field.at + 1] === LETTER_N;
      if (isNull) {
        put32(field, NULL_LENGTH);
        field.at += 2;
      } else {
        field.to += LENGTH_BYTES;
        if (!this.#encoders[i]!(field)) return false;
        const end = field.to;
        field.to = length;
        put32(field, end - length - LENGTH_BYTES);
        field.to = end;
      }
      if (input[field.at++] !== (i < last ? TAB : NEWLINE)) return false;
    }
    return true;
  }
}
