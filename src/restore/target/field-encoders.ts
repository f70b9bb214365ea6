/** What the columns of the target take, for rows that are sent in the binary format. */
import type { Connection } from "../../pg/connection.ts";
import type { FieldEncoder } from "../../sql/copy-binary/field.ts";
import { fieldEncoder, type ValueType } from "../../sql/copy-binary/field-encoders.ts";
import type { DataStep } from "../decide/steps.ts";
import { unnestOf } from "./relation-list.ts";

/** Encoders of a row's fields, by the relation's number. */
export type FieldEncoders = ReadonlyMap<number, readonly FieldEncoder[]>;

/**
 * The encoders for each relation that has a binary COPY and whose columns' types are all known. Its table must exist. A domain
 * is sent as what it is based on: the server applies its constraints to either format (domain_recv,
 * src/backend/utils/adt/domains.c).
 */
export async function findFieldEncoders(
  connection: Connection,
  steps: readonly DataStep[],
): Promise<FieldEncoders> {
  const relations = steps
    .filter(({ binarySql }) => binarySql !== undefined)
    .map(({ relation }) => relation);
  if (relations.length === 0 || !connection.copiesInOne) return new Map();
  const columns = await connection.query<ValueType & { relation: number; column: string }>(`
    WITH RECURSIVE typed (relation, name, type) AS (
      SELECT w.number, a.attname, a.atttypid
      FROM ROWS FROM (
        ${unnestOf(relations, ({ number }) => String(number), "int4")},
        ${unnestOf(relations, ({ namespace }) => namespace, "name")},
        ${unnestOf(relations, ({ name }) => name, "name")}) AS w (number, namespace, name)
      JOIN pg_catalog.pg_namespace n ON n.nspname = w.namespace
      JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE pg_catalog.current_setting('client_encoding') = 'UTF8'
      UNION ALL
      SELECT d.relation, d.name, t.typbasetype
      FROM typed d JOIN pg_catalog.pg_type t ON t.oid = d.type AND t.typtype = 'd'
    )
    SELECT d.relation, d.name AS "column", t.typtype = 'e' AS "isEnum",
           CASE WHEN t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace THEN t.typname END AS name
    FROM typed d JOIN pg_catalog.pg_type t ON t.oid = d.type AND t.typtype <> 'd'`);
  const byColumn = new Map<string, FieldEncoder>();
  for (const { relation, column, ...type } of columns) {
    const encoder = fieldEncoder(type);
    if (encoder !== undefined) byColumn.set(`${relation} ${column}`, encoder);
  }
  const encoders = new Map<number, readonly FieldEncoder[]>();
  for (const { number, columns: names } of relations) {
    const ofColumns = names.map((name) => byColumn.get(`${number} ${name}`));
    const known = ofColumns.filter((encoder) => encoder !== undefined);
    if (known.length === ofColumns.length) encoders.set(number, known);
  }
  return encoders;
}
