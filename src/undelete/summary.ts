/** Counts what happens to the rows of each table. */
import type { Connection } from "../pg/connection.ts";
import { quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { labelOf } from "./fates.ts";
import { FATE, type LoadedTable, ROLE, ROW, type RowFate, type RowRole } from "./loaded-table.ts";
import type { UndeletedTable } from "./options.ts";
import type { Walk } from "./walk.ts";

/** Keys shown of each table. */
const SHOWN = 10;

export interface CountedTable {
  readonly loaded: LoadedTable;
  readonly counts: UndeletedTable;
}

/** Tables with rows that have a role. */
export async function countRows(connection: Connection, walk: Walk): Promise<CountedTable[]> {
  const counted: CountedTable[] = [];
  for (const loaded of walk.loaded) {
    const nulled = walk.nulled.get(loaded.table.number) ?? 0;
    const counts = await countTable(connection, loaded, nulled);
    if (counts.selected + counts.dependents + counts.referenced > 0)
      counted.push({ loaded, counts });
  }
  return counted;
}

async function countTable(
  connection: Connection,
  loaded: LoadedTable,
  nulled: number,
): Promise<UndeletedTable> {
  const { table, key, temporary } = loaded;
  const where = (column: string, value: RowRole | RowFate): string =>
    `(count(*) FILTER (WHERE ${column} = '${value}'))::pg_catalog.float8`;
  const [row] = await connection.query<
    Pick<
      UndeletedTable,
      "selected" | "dependents" | "referenced" | "inserted" | "unchanged" | "changed"
    >
  >(
    `SELECT ${where(ROLE, "selected")} AS selected, ${where(ROLE, "dependent")} AS dependents,
            ${where(ROLE, "referenced")} AS referenced, ${where(FATE, "insert")} AS inserted,
            ${where(FATE, "same")} AS unchanged, ${where(FATE, "changed")} AS changed
     FROM ${temporary}`,
    { action: "count the rows", object: labelOf(loaded) },
  );
  const { namespace, name } = table;
  const keys = await shownKeys(connection, loaded);
  return { namespace, name, key: key?.columns ?? [], ...row!, nulled, keys };
}

/** Numbers and UUIDs say nothing that a log must not hold; other keys can be secrets. */
async function shownKeys(
  connection: Connection,
  { facts, key, temporary }: LoadedTable,
): Promise<Record<string, string>[]> {
  const shown = new Set(facts.columns.filter(({ isShown }) => isShown).map(({ name }) => name));
  if (key === null || !key.columns.every((column) => shown.has(column))) return [];
  const pairs = key.columns.map(
    (column) => `${quoteLiteral(column)}, ${quoteIdent(column)}::pg_catalog.text`,
  );
  const rows = await connection.query<{ key: Record<string, string> }>(
    `SELECT pg_catalog.json_build_object(${pairs.join(", ")}) AS key FROM ${temporary}
     WHERE ${FATE} = 'insert' ORDER BY ${ROW} LIMIT ${SHOWN}`,
    { action: "read the keys" },
  );
  return rows.map((row) => row.key);
}
