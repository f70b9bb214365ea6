/** Decides for the rows with a role whether they are gone, there as they were, or there with other values. */
import type { Connection } from "../pg/connection.ts";
import { qualify } from "../sql/ident.ts";
import { FATE, type LoadedTable, ROLE, ROW, rowText, sameKey } from "./loaded-table.ts";

const COUNT_FROM = "SELECT count(*)::pg_catalog.float8 AS count FROM";

/**
 * Counts rows.
 * @param loaded the table to name when it fails.
 * @param from what follows FROM.
 */
export function countOf(
  connection: Connection,
  loaded: LoadedTable,
  from: string,
): Promise<number> {
  return queryCount(connection, loaded, `${COUNT_FROM} ${from}`);
}

/** Runs an UPDATE and tells how many rows it changed. */
export function countUpdated(
  connection: Connection,
  loaded: LoadedTable,
  update: string,
): Promise<number> {
  const sql = `WITH updated AS (${update} RETURNING 1) ${COUNT_FROM} updated`;
  return queryCount(connection, loaded, sql);
}

async function queryCount(
  connection: Connection,
  loaded: LoadedTable,
  sql: string,
): Promise<number> {
  const [row] = await connection.query<{ count: number }>(sql, {
    action: "compare rows of the archive with the target",
    object: labelOf(loaded),
  });
  return row!.count;
}

export function labelOf({ table }: LoadedTable): string {
  return `table ${qualify(table.namespace, table.name)}`;
}

/** The condition that a row of the archive, by this alias, is not in the target. Without a key nobody can tell of a single row. */
export function isGone({ key, target }: LoadedTable, alias: string): string {
  if (key === null) return "true";
  return `NOT EXISTS (SELECT FROM ${target} AS present WHERE ${sameKey(key, "present", alias)})`;
}

/** Sets the fate of all rows that got a role since the last time. */
export async function decideFates(connection: Connection, loaded: LoadedTable): Promise<void> {
  const sql = loaded.key === null ? fatesByCount(loaded) : fatesByKey(loaded);
  await connection.query(sql, {
    action: "compare rows of the archive with the target",
    object: labelOf(loaded),
  });
}

function fatesByKey({ temporary, target, key, columns }: LoadedTable): string {
  const same = sameKey(key!, "present", "archived");
  const equal = `${rowText("present", columns)} = ${rowText("archived", columns)}`;
  return `
    UPDATE ${temporary} AS archived SET ${FATE} = CASE
      WHEN NOT EXISTS (SELECT FROM ${target} AS present WHERE ${same}) THEN 'insert'
      WHEN EXISTS (SELECT FROM ${target} AS present WHERE ${same} AND ${equal}) THEN 'same'
      ELSE 'changed' END
    WHERE archived.${ROLE} IS NOT NULL AND archived.${FATE} IS NULL`;
}

/** Of equal rows as many are gone as the archive has more than the target. */
function fatesByCount({ temporary, target, columns }: LoadedTable): string {
  const text = rowText("archived", columns);
  return `
    WITH archived AS (
      SELECT ${ROW} AS row, ${ROLE} AS role, ${text} AS text, count(*) OVER (PARTITION BY ${text}) AS total,
             row_number() OVER (PARTITION BY ${text} ORDER BY ${ROLE} IS NULL, ${ROW}) AS position
      FROM ${temporary} AS archived
    ), present AS (
      SELECT ${rowText("present", columns)} AS text, count(*) AS total FROM ${target} AS present
      WHERE ${rowText("present", columns)} IN (SELECT text FROM archived WHERE role IS NOT NULL) GROUP BY 1
    )
    UPDATE ${temporary} AS updated
    SET ${FATE} = CASE WHEN archived.position <= archived.total - COALESCE(present.total, 0) THEN 'insert' ELSE 'same' END
    FROM archived LEFT JOIN present ON present.text = archived.text
    WHERE updated.${ROW} = archived.row AND archived.role IS NOT NULL`;
}
