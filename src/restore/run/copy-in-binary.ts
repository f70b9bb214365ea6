/** Rows that are sent in COPY's binary format, as far as they can be. */
import { setImmediate } from "node:timers/promises";
import type { Connection } from "../../pg/connection.ts";
import type { ErrorContext } from "../../pg/server-error.ts";
import type { FieldEncoder } from "../../sql/copy-binary/field.ts";
import { BINARY_HEADER, BINARY_TRAILER, RowEncoder } from "../../sql/copy-binary/row-encoder.ts";
import { startingWith } from "../../util/starting-with.ts";

export interface BinaryCopy {
  readonly binarySql: string;
  /** For the rows that stay text. */
  readonly sql: string;
  readonly encoders: readonly FieldEncoder[];
}

/**
 * Copies rows of the text format: in the binary format up to the first row that cannot be turned into it, from there on as they
 * are, so that the server decides what that row means.
 * @param source blocks of complete rows.
 * @returns the number of rows that the server stored.
 */
export async function copyInBinary(
  connection: Connection,
  { binarySql, sql, encoders }: BinaryCopy,
  source: AsyncGenerator<Buffer>,
  context: ErrorContext,
): Promise<number> {
  let rest: Buffer | undefined;
  async function* binary(): AsyncGenerator<Buffer> {
    const encoder = new RowEncoder(encoders);
    yield BINARY_HEADER;
    while (rest === undefined) {
      const { value, done } = await source.next();
      if (done === true) break;
      const chunks = encoder.encode(value);
      let next = chunks.next();
      for (; next.done !== true; next = chunks.next()) {
        yield next.value;
        // Encoding what may be ahead in one go would let the socket run dry.
        await setImmediate();
      }
      if (next.value.length > 0) rest = next.value;
    }
    yield BINARY_TRAILER;
  }
  const rows = await connection.copyIn(binarySql, binary(), context);
  if (rest === undefined) return rows;
  const text = startingWith(rest, source);
  return rows + (await connection.copyIn(sql, text, { ...context, linesBefore: rows }));
}
