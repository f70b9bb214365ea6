/**
 * Compares the rows of partitions that were loaded through a table above them. The target chose the partitions, so the
 * rows of all of them together are compared, in no order: by their number and by the sum of their digests.
 */
import { createHash } from "node:crypto";
import type { ManifestRelation } from "../archive/format/manifest.ts";
import type { ArchiveReader } from "../archive/reader.ts";
import { eachRow, project } from "../diff/rows.ts";
import type { Connection } from "../pg/connection.ts";
import { qualify } from "../sql/ident.ts";
import { formatCount, plural } from "../util/format.ts";
import { copiedRows } from "./copied-rows.ts";

const LIMIT = 1n << 64n;

/** The number of rows, and the sum of their digests. */
class RowSum {
  rows = 0;
  digest = 0n;

  add(data: Buffer): void {
    eachRow(data, (start, end) => {
      const hash = createHash("sha256").update(data.subarray(start, end)).digest();
      this.rows++;
      this.digest = (this.digest + hash.readBigUInt64LE()) % LIMIT;
    });
  }
}

/** The partitions of the archive by the table through which they are loaded. */
export function routedPartitions(relations: readonly ManifestRelation[]): ManifestRelation[][] {
  const groups = new Map<string, ManifestRelation[]>();
  for (const relation of relations) {
    if (relation.loadThrough === null) continue;
    const { namespace, name } = relation.loadThrough;
    const root = qualify(namespace, name);
    groups.set(root, [...(groups.get(root) ?? []), relation]);
  }
  return [...groups.values()];
}

/** @returns null when the partitions together hold exactly the rows of the archive. */
export async function compareRouted(
  connection: Connection,
  reader: ArchiveReader,
  partitions: readonly ManifestRelation[],
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const columns = partitions[0]!.columns;
  const expected = new RowSum();
  const actual = new RowSum();
  for (const partition of partitions) {
    const positions = columns.map((name) => partition.columns.indexOf(name));
    const isOrdered = positions.every((position, n) => position === n);
    for await (const data of reader.readParts(partition, { signal }))
      expected.add(isOrdered ? data : project(data, positions));
    await addTable(
      actual,
      connection,
      { ...partition, columns },
      reader.manifest.database.encoding,
    );
  }
  if (actual.rows !== expected.rows)
    return `${plural(actual.rows, "row")} instead of ${formatCount(expected.rows)}`;
  return actual.digest === expected.digest ? null : "the contents differ";
}

async function addTable(
  sum: RowSum,
  connection: Connection,
  { namespace, name, columns }: ManifestRelation,
  encoding: string,
): Promise<void> {
  const table = qualify(namespace, name);
  for await (const { data } of copiedRows(connection, table, columns, encoding)) sum.add(data);
}
