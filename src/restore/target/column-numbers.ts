/** The numbers of columns in the target, for what names columns by them. */
import type { Connection } from "../../pg/connection.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { RelationName } from "./facts.ts";

interface ColumnNumberRow {
  readonly namespace: string;
  readonly name: string;
  readonly column: string;
  readonly number: number;
}

/** @returns numbers of all columns, by `JSON.stringify([namespace, table, column])`. */
export async function findColumnNumbers(
  connection: Connection,
  tables: readonly RelationName[],
): Promise<ReadonlyMap<string, number>> {
  if (tables.length === 0) return new Map();
  const names = quoteLiteral(
    JSON.stringify(tables.map(({ namespace, name }) => ({ namespace, name }))),
  );
  const rows = await connection.query<ColumnNumberRow>(
    `SELECT n.nspname AS namespace, c.relname AS name, a.attname AS column, a.attnum AS number
     FROM pg_catalog.json_to_recordset(${names}) AS r (namespace text, name text)
     JOIN pg_catalog.pg_namespace n ON n.nspname = r.namespace
     JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = r.name
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`,
    { action: "look up the columns" },
  );
  return new Map(
    rows.map(({ namespace, name, column, number }) => [
      JSON.stringify([namespace, name, column]),
      number,
    ]),
  );
}
