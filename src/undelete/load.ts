/** Loads the rows of a table from the archive into its temporary table. They are verified by the checksums of the archive. */
import type { ArchiveReader } from "../archive/reader.ts";
import { ServerError } from "../errors.ts";
import type { OnProgress } from "../events.ts";
import type { Connection } from "../pg/connection.ts";
import { rowEncoding } from "../restore/decide/plan.ts";
import { loadRelations, startReading } from "../restore/run/load-rows.ts";
import { columnList } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { dataProgress } from "../util/progress.ts";
import { conflict, type UndeleteConflict, UnreadableRows } from "./conflict.ts";
import { labelOf } from "./fates.ts";
import { createSql, loadedColumns, type LoadedTable, loadedTable, SOURCE } from "./loaded-table.ts";
import { readTableFacts } from "./read-target.ts";
import type { UndeleteTable } from "./tables.ts";
import type { TypeChange, TypeSides } from "./type-changes.ts";

export interface LoadContext {
  readonly connection: Connection;
  readonly reader: ArchiveReader;
  readonly major: number;
  /** Undefined where the archive records none. */
  readonly types: TypeSides | undefined;
  /** Encoding of the target. */
  readonly encoding: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress | undefined;
}

/** Creates the temporary table of a table. */
export async function createTable(
  { connection, major, types }: LoadContext,
  table: UndeleteTable,
): Promise<LoadedTable> {
  const loaded = loadedTable(table, await readTableFacts(connection, table.oid, major), types);
  await connection.query(createSql(loaded), {
    action: "create a temporary table",
    object: labelOf(loaded),
    hint: "the archive's rows are compared in a temporary table with four more columns: the login needs the privilege TEMPORARY on the database",
  });
  return loaded;
}

/**
 * Fills it.
 * @throws ArchiveError for damage; UnreadableRows when a type of the target does not take the archive's values any more;
 * ServerError when it does not, and nobody knows of another type.
 */
export async function fillTable(context: LoadContext, loaded: LoadedTable): Promise<void> {
  const { connection } = context;
  const { checked } = loaded.typeChanges;
  if (checked.length === 0) return copyRows(context, loaded);
  // After a refusal a caller can go on in the transaction.
  await connection.query("SAVEPOINT nexushub_dump");
  try {
    await copyRows(context, loaded);
  } catch (error) {
    if (!(error instanceof ServerError) || error.sqlState?.startsWith("22") !== true) throw error;
    await connection.query("ROLLBACK TO nexushub_dump; RELEASE nexushub_dump");
    throw new UnreadableRows([changedTypes(loaded, checked)]);
  }
  await connection.query("RELEASE nexushub_dump");
}

/** The conflict of a table with changed types. */
export function changedTypes(
  { table }: LoadedTable,
  types: readonly TypeChange[],
): UndeleteConflict {
  return conflict(table, "changed-types", { columns: types.map(({ column }) => column), types });
}

async function copyRows(context: LoadContext, loaded: LoadedTable): Promise<void> {
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
      through: new Map(),
      encoders: new Map(),
      createLargeObjects: false,
    };
    const parts = startReading(reader, [step], { signal });
    await loadRelations(connection, parts, [step], options);
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
