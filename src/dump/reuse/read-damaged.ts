/** Reads from the server the rows of a unit whose parts are damaged in the earlier archive. */
import type { ManifestPart } from "../../archive/format/manifest.ts";
import type { Connection } from "../../pg/connection.ts";
import { type CopyContext, copyStream, otherRows } from "../copy-stream.ts";
import type { EarlierUnit } from "./decide-units.ts";
import type { CopiedPart } from "./stored-parts.ts";
import { copySqlOf, type UnitTable } from "./unit-table.ts";

export interface DamagedUnit {
  readonly number: number;
  readonly earlier: EarlierUnit;
  /** What became of each part. */
  readonly copied: readonly CopiedPart[];
}

/**
 * Reads the unit, and leaves out the rows of intact parts, which are in the new archive already.
 * @returns all parts of the unit, in row order.
 * @throws MismatchError naming the table, only when the server sent other rows than it had counted.
 */
export async function readDamaged(
  connection: Connection,
  table: UnitTable,
  { number, earlier, copied }: DamagedUnit,
  context: CopyContext,
): Promise<ManifestPart[]> {
  const rowCuts = earlier.parts.map(({ rows }) => rows);
  let end = 0;
  const ends = rowCuts.map((rows) => (end += rows));
  const isWritten = (rowsBefore: number): boolean => {
    const index = ends.findIndex((each) => rowsBefore < each);
    return index === -1 || copied[index]!.part === null;
  };
  const sql = copySqlOf(table, { first: number, end: number + 1 });
  const sink = await copyStream(connection, { ...table, sql, rowCuts, isWritten }, context);
  const rows = copied.reduce((sum, { part }) => sum + (part?.rows ?? 0), sink.rows);
  if (rows !== earlier.rows) throw otherRows(table.label, earlier.rows, rows);
  let next = 0;
  return copied.flatMap(({ part }, index) => {
    if (part !== null) return [part];
    const replaced: ManifestPart[] = [];
    for (let read = 0; read < rowCuts[index]!; read += replaced.at(-1)!.rows) {
      replaced.push(sink.parts[next++]!);
    }
    return replaced;
  });
}
