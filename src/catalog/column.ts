/** Columns of relations, with their defaults; dropped and system columns are left out. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import { qualifiedName } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

/** `attstorage`: p plain, e external, m main, x extended. */
export type Storage = "p" | "e" | "m" | "x";

export interface ColumnRow {
  readonly relation: number;
  /** `attnum`. */
  readonly number: number;
  readonly name: string;
  /** As SQL, with its modifier: `character varying(64)`. */
  readonly type: string;
  readonly notNull: boolean;
  /** `attidentity`: a always, d by default, empty for none. */
  readonly identity: "a" | "d" | "";
  /** `attgenerated`: s stored, v virtual (18), empty for none. */
  readonly generated: "s" | "v" | "";
  readonly isLocal: boolean;
  /** -1 for the default. */
  readonly statisticsTarget: number;
  readonly storage: Storage;
  /** The type's default storage. */
  readonly typeStorage: Storage;
  /** `attcompression`: p pglz, l lz4, empty for the default. */
  readonly compression: "p" | "l" | "";
  /** As SQL; null for the type's default. */
  readonly collation: string | null;
  /** `attoptions`, each `name=value`. */
  readonly options: readonly string[] | null;
  readonly foreignOptions: readonly string[] | null;
  readonly acl: readonly string[] | null;
  /** The default or generation expression, and the oid of its `pg_attrdef` row. */
  readonly defaultValue: string | null;
  readonly defaultOid: number | null;
  /** Whether an identity column has a default, too, which it has from a parent and never uses. */
  readonly hasUnusedDefault: boolean;
}

export const columns: CatalogQuery<ColumnRow> = {
  sql: ({ major }) => `
    SELECT a.attrelid AS relation, a.attnum AS number, a.attname AS name,
           pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS "notNull",
           a.attidentity AS identity, a.attgenerated AS generated, a.attislocal AS "isLocal",
           COALESCE(a.attstattarget, -1)::int AS "statisticsTarget",
           a.attstorage AS storage, t.typstorage AS "typeStorage",
           ${major >= 14 ? "a.attcompression" : "''"} AS compression,
           CASE WHEN a.attcollation <> t.typcollation THEN
             ${qualifiedName("cn.nspname", "co.collname")} END AS collation,
           a.attoptions AS options, a.attfdwoptions AS "foreignOptions", a.attacl::text[] AS acl,
           -- Only generation expressions refer to columns; without a relation the server need not open the table.
           pg_catalog.pg_get_expr(d.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE d.adrelid END) AS "defaultValue",
           d.oid AS "defaultOid", a.atthasdef AND a.attidentity <> '' AS "hasUnusedDefault"
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation
    LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attidentity = ''
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relpersistence <> 't' AND a.attnum > 0 AND NOT a.attisdropped
      AND ${IN_USER_SCHEMA}
    ORDER BY a.attrelid, a.attnum`,
};
