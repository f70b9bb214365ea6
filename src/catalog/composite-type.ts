/** Columns of composite types, but not of the row types of relations. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import { qualifiedName } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

export interface CompositeColumnRow {
  /** The composite type, and its `pg_class` row, to which the columns belong. */
  readonly type: number;
  readonly relation: number;
  /** Null, like the fields below, in the only row of a type without columns. */
  readonly number: number | null;
  readonly name: string | null;
  /** `format_type()`. */
  readonly columnType: string | null;
  /** Qualified, as SQL; null for the type's default. */
  readonly collation: string | null;
}

export const compositeColumns: CatalogQuery<CompositeColumnRow> = {
  sql: () => `
    SELECT t.oid AS type, t.typrelid AS relation, a.attnum AS number, a.attname AS name,
           pg_catalog.format_type(a.atttypid, a.atttypmod) AS "columnType",
           CASE WHEN a.attcollation <> at.typcollation
                THEN ${qualifiedName("cn.nspname", "co.collname")} END AS collation
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_type at ON at.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
    LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
    WHERE ${IN_USER_SCHEMA} ORDER BY t.oid, a.attnum`,
};
