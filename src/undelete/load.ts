/** Loads the rows of a table from the archive into its temporary table. They are verified by the checksums of the archive. */
import type { ArchiveReader } from "../archive/reader.ts";
import type { OnProgress } from "../events.ts";
import type { Connection } from "../pg/connection.ts";
import { rowEncoding } from "../restore/decide/plan.ts";
import { loadRelations } from "../restore/run/load-rows.ts";
import { columnList } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { dataProgress } from "../util/progress.ts";
import { labelOf } from "./fates.ts";
import { createSql, loadedColumns, type LoadedTable, loadedTable, SOURCE } from "./loaded-table.ts";
import { readTableFacts } from "./read-target.ts";
import type { UndeleteTable } from "./tables.ts";

export interface LoadContext {
  readonly connection: Connection;
  readonly reader: ArchiveReader;
  readonly major: number;
  /** Encoding of the target. */
  readonly encoding: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress | undefined;
}

/** Creates the temporary table of a table. */
export async function createTable(
  { connection, major }: LoadContext,
  table: UndeleteTable,
): Promise<LoadedTable> {
  const loaded = loadedTable(table, await readTableFacts(connection, table.oid, major));
  await connection.query(createSql(loaded), {
    action: "create a temporary table",
    object: labelOf(loaded),
    hint: "the archive's rows are compared in a temporary table with four more columns: the login needs the privilege TEMPORARY on the database",
  });
  return loaded;
}

/**
 * Fills it.
 * @throws ArchiveError for damage; ServerError when a type of the target does not take the archive's values any more.
 */
export async function fillTable(context: LoadContext, loaded: LoadedTable): Promise<void> {
  const { table, temporary } = loaded;
  const { connection, reader, signal, onProgress } = context;
  const { encoding } = rowEncoding(reader.manifest.database.encoding, context.encoding);
  const bytes = table.sources.reduce((sum, { relation }) => sum + relation.bytes, 0);
  const progress = dataProgress(onProgress, bytes);
  for (const [source, { relation }] of table.sources.entries()) {
    await connection.query(`ALTER TABLE ${temporary} ALTER COLUMN ${SOURCE} SET DEFAULT ${source}`);
    const step = {
      relation,
      sql: copySql(temporary, loadedColumns(loaded, relation.columns), encoding),
      binarySql: undefined,
      encoding,
      hint: "a column's type may have changed since the archive was made",
    };
    const options = {
      progress,
      signal,
      through: new Map(),
      encoders: new Map(),
      createLargeObjects: false,
    };
    await loadRelations(connection, reader, [step], options);
  }
  progress.finish();
  await connection.query(`ANALYZE ${temporary}`, { action: "analyze a temporary table" });
}

/** A table without columns has empty lines as rows, and COPY wants a column for them. */
function copySql(temporary: string, columns: readonly string[], encoding: string): string {
  const [list, nulls] =
    columns.length === 0 ? [`(${SOURCE})`, ", NULL ''"] : [columnList(columns), ""];
  return `COPY ${temporary} ${list} FROM STDIN (ENCODING ${quoteLiteral(encoding)}${nulls})`;
}
