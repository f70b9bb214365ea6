/** The rows of a restored table as COPY gives them, to be compared with those of the file. */
import { allocate } from "../archive/part-buffers.ts";
import type { RowBlock } from "../archive/rows.ts";
import type { Connection } from "../pg/connection.ts";
import { columnList } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";

const BLOCK_BYTES = 1024 * 1024;

/**
 * Blocks of whole rows, in the order in which they are stored: that in which they were loaded.
 * @param table as SQL.
 * @param encoding null for bytes as they are.
 * @throws ServerError or ConnectionError naming the table.
 */
export async function* copiedRows(
  connection: Connection,
  table: string,
  columns: readonly string[],
  encoding: string | null,
): AsyncGenerator<RowBlock> {
  // A table without columns has rows and no text to compare.
  const list = columns.length === 0 ? "" : ` ${columnList(columns)}`;
  const options = encoding === null ? "" : ` (ENCODING ${quoteLiteral(encoding)})`;
  const blocks = connection.copyOut(`COPY ${table}${list} TO STDOUT${options}`, {
    blockBytes: BLOCK_BYTES,
    allocate,
  });
  try {
    yield* blocks as AsyncIterable<RowBlock>;
  } catch (error) {
    throw connection.failure(error, { action: `read ${table}`, object: `table ${table}` });
  }
}
