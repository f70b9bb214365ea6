/**
 * Compares the rows of the restored database with the archive. Each table is copied out again and its text compared with
 * the archive's checksums, part by part: rows are stored in the order in which they were loaded.
 */
import { createHash } from "node:crypto";
import { foreignTables } from "../archive/format/foreign-tables.ts";
import type { ManifestRelation } from "../archive/format/manifest.ts";
import type { ArchiveReader } from "../archive/reader.ts";
import type { Connection } from "../pg/connection.ts";
import { qualify } from "../sql/ident.ts";
import { copiedRows } from "./copied-rows.ts";
import type { Probe, ProbeContext } from "./probe.ts";
import { failed, notRun, passed, type Verdict } from "./report.ts";
import { compareRouted, routedPartitions } from "./routed-rows.ts";
import { formatCount, listedLines, plural } from "../util/format.ts";

/**
 * Creates the probe. A probe's context offers no COPY, so it takes the connection itself.
 * @param connection null where the probe is only listed.
 * @param openReader opens the archive, whose rows are needed where the target chose the partitions.
 */
export const rowsProbe = (
  connection: Connection | null,
  openReader: () => Promise<ArchiveReader>,
): Probe => ({
  id: "rows",
  title: "Rows and checksums",
  async run({ manifest, signal }: ProbeContext): Promise<Verdict> {
    if (connection === null) return notRun("there is no connection");
    // Rows of foreign tables are not restored.
    const isForeign = foreignTables(manifest);
    const tables = manifest.relations.filter(
      (relation) => relation.kind === "table" && !isForeign(relation),
    );
    const { encoding } = manifest.database;
    const differences: string[] = [];
    for (const table of tables) {
      if (table.loadThrough !== null) continue;
      const difference = await compare(connection, table, encoding, signal);
      if (difference !== null)
        differences.push(`${qualify(table.namespace, table.name)}: ${difference}`);
    }
    differences.push(...(await routedDifferences(connection, tables, openReader, signal)));
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    if (differences.length === 0)
      return passed(
        `${plural(rows, "row")} in ${plural(tables.length, "table")} equal the archive byte for byte`,
      );
    return failed(
      `${plural(differences.length, "table")} of ${tables.length} differ from the archive`,
      {
        details: listedLines(differences),
      },
    );
  },
});

async function routedDifferences(
  connection: Connection,
  tables: readonly ManifestRelation[],
  openReader: () => Promise<ArchiveReader>,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const groups = routedPartitions(tables);
  if (groups.length === 0) return [];
  const reader = await openReader();
  try {
    const differences: string[] = [];
    for (const partitions of groups) {
      const { namespace, name } = partitions[0]!.loadThrough!;
      const difference = await compareRouted(connection, reader, partitions, signal);
      if (difference !== null) differences.push(`${qualify(namespace, name)}: ${difference}`);
    }
    return differences;
  } finally {
    await reader.close();
  }
}

/** @returns null when the table holds exactly the rows of the archive. */
async function compare(
  connection: Connection,
  table: ManifestRelation,
  encoding: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const name = qualify(table.namespace, table.name);
  const parts = table.parts.values();
  let part = parts.next().value;
  let left = part?.bytes ?? 0;
  let hash = createHash("sha256");
  let rows = 0;
  let same = true;
  for await (const block of copiedRows(connection, name, table.columns, encoding)) {
    if (signal?.aborted === true) break;
    rows += block.rows;
    let { data } = block;
    while (same && data.length > 0) {
      const ofPart = data.subarray(0, left);
      hash.update(ofPart);
      data = data.subarray(ofPart.length);
      left -= ofPart.length;
      if (left > 0) continue;
      same = part !== undefined && hash.digest("hex") === part.sha256;
      hash = createHash("sha256");
      part = parts.next().value;
      left = part?.bytes ?? 0;
      // More text than the archive has.
      if (part === undefined && data.length > 0) same = false;
    }
  }
  if (rows !== table.rows) return `${plural(rows, "row")} instead of ${formatCount(table.rows)}`;
  return same && part === undefined ? null : "the contents differ";
}
