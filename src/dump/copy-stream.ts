/** Passes the rows of one COPY from the socket into the archive, with back-pressure all the way. */
import { pipeline } from "node:stream/promises";
import { PartSink } from "../archive/part-sink.ts";
import type { RowBlock } from "../archive/rows.ts";
import type { ArchiveWriter } from "../archive/writer.ts";
import { MismatchError } from "../errors.ts";
import type { Connection } from "../pg/connection.ts";
import { isNameLost, isOtherRelation, replacedRelation } from "../pg/relation-names.ts";
import type { DataProgress } from "../util/progress.ts";
import { plural } from "../util/format.ts";

/** What all copies of a dump share. */
export interface CopyContext {
  readonly writer: ArchiveWriter;
  readonly partBytes: number;
  readonly progress: DataProgress;
  readonly signal: AbortSignal;
}

export interface CopyStatement {
  readonly sql: string;
  /** For messages: `table public.users`. */
  readonly label: string;
  /** The number in the names of the relation's entries. */
  readonly number: number;
  /** Whether it runs expressions that the user or an extension wrote, which can fail in any way. Default: false. */
  readonly runsUserSql?: boolean | undefined;
  /** As in `DeframerOptions`. */
  readonly rowCuts?: readonly number[] | undefined;
  /** Whether a block is written, by the number of rows before it. Default: all are. */
  readonly isWritten?: ((rowsBefore: number) => boolean) | undefined;
  /** Called before each block is written. */
  readonly beforeBlock?: (() => Promise<void> | undefined) | undefined;
}

/**
 * Runs the statement and writes its rows as parts.
 * @throws MismatchError naming the relation, only when the server counted other rows than arrived;
 * ReplacedRelationError when its name stands for another relation.
 */
export async function copyStream(
  connection: Connection,
  statement: CopyStatement,
  { writer, partBytes, progress, signal }: CopyContext,
): Promise<PartSink> {
  const { sql, label, number, rowCuts, isWritten = () => true, beforeBlock } = statement;
  const sink = new PartSink(writer, number);
  const stream = connection.copyOut(sql, {
    blockBytes: partBytes,
    allocate: (bytes) => writer.buffers.take(bytes),
    rowCuts,
  });
  let rows = 0;
  // One block at a time: a stream in between would buffer more of them.
  async function* pass(blocks: AsyncIterable<RowBlock>): AsyncGenerator<RowBlock> {
    for await (const block of blocks) {
      const rowsBefore = rows;
      rows += block.rows;
      if (!isWritten(rowsBefore)) {
        writer.buffers.give(block.data);
        continue;
      }
      await beforeBlock?.();
      yield block;
      progress.add(label, block.rows, block.data.length);
    }
  }
  try {
    await pipeline(stream, pass, sink, { signal });
  } catch (error) {
    const failure = connection.failure(error, { action: "copy rows", object: label });
    const isReplaced =
      statement.runsUserSql === true ? isNameLost(failure) : isOtherRelation(error);
    throw isReplaced ? replacedRelation(label, failure) : failure;
  }
  if (stream.rowCount !== rows) throw otherRows(label, stream.rowCount, rows);
  return sink;
}

/** The error for a COPY that gave other rows than the server counted in the same snapshot. */
export function otherRows(label: string, counted: number, sent: number): MismatchError {
  return new MismatchError(`the server counted ${plural(counted, "row")} and sent ${sent}`, {
    object: label,
  });
}
