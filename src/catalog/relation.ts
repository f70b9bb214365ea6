/**
 * Tables, partitioned tables, foreign tables, views, materialized views and sequences. Indexes and composite types are
 * read elsewhere; toast tables belong to their tables.
 */
import { needsToast } from "./toast.ts";
import { IN_USER_SCHEMA } from "./user-schema.ts";
import type { CatalogQuery } from "./query.ts";

export interface RelationRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  /** `relkind`: r table, p partitioned table, f foreign table, v view, m materialized view, S sequence. */
  readonly kind: "r" | "p" | "f" | "v" | "m" | "S";
  /** `relpersistence`: p permanent, u unlogged. */
  readonly persistence: "p" | "u";
  readonly owner: number;
  readonly acl: readonly string[] | null;
  readonly aclDefault: readonly string[];
  /** The row type and its array type; 0 for none. */
  readonly rowType: number;
  readonly arrayType: number;
  /** The composite type of a typed table (CREATE TABLE … OF), as SQL. */
  readonly ofType: string | null;
  /** Null for relations without one. */
  readonly accessMethod: string | null;
  /** Null for the database's default. */
  readonly tablespace: string | null;
  /** `reloptions`, each `name=value`. */
  readonly options: readonly string[] | null;
  readonly toastOptions: readonly string[] | null;
  /** Whether there are such options that a table with these columns cannot have: others were dropped later. */
  readonly isToastLeft: boolean;
  readonly rowSecurity: boolean;
  readonly forceRowSecurity: boolean;
  /** `relreplident`: d default, n nothing, f full, i index. */
  readonly replicaIdentity: "d" | "n" | "f" | "i";
  readonly isPartition: boolean;
  readonly isPopulated: boolean;
  /** `LIST (region)` and the like; null when not partitioned. */
  readonly partitionKey: string | null;
  /** `FOR VALUES …` or `DEFAULT`; null when not a partition. */
  readonly partitionBound: string | null;
  /** The query of a view or materialized view. */
  readonly definition: string | null;
  /** Server and options of a foreign table. */
  readonly foreignServer: string | null;
  readonly foreignOptions: readonly string[] | null;
  /** `reltuples`: the planner's estimate, -1 or 0 when never analyzed. */
  readonly rows: number;
}

export const relations: CatalogQuery<RelationRow> = {
  sql: () => `
    SELECT c.oid, c.relname AS name, c.relnamespace AS namespace, c.relkind AS kind, c.relpersistence AS persistence,
           c.relowner AS owner, c.relacl::text[] AS acl,
           pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)::text[] AS "aclDefault",
           c.reltype AS "rowType", COALESCE(t.typarray, 0) AS "arrayType",
           CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END AS "ofType",
           am.amname AS "accessMethod", ts.spcname AS tablespace,
           c.reloptions AS options, toast.reloptions AS "toastOptions",
           c.relkind = 'r' AND CASE WHEN toast.reloptions IS NULL THEN false ELSE NOT ${needsToast("c.oid")} END AS "isToastLeft",
           c.relrowsecurity AS "rowSecurity", c.relforcerowsecurity AS "forceRowSecurity",
           c.relreplident AS "replicaIdentity", c.relispartition AS "isPartition", c.relispopulated AS "isPopulated",
           CASE c.relkind WHEN 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS "partitionKey",
           pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS "partitionBound",
           CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END AS definition,
           fs.srvname AS "foreignServer", ft.ftoptions AS "foreignOptions",
           c.reltuples::float8 AS rows
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_type t ON t.oid = c.reltype
    LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
    LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
    LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid
    LEFT JOIN pg_catalog.pg_foreign_table ft ON ft.ftrelid = c.oid
    LEFT JOIN pg_catalog.pg_foreign_server fs ON fs.oid = ft.ftserver
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't'
      AND ${IN_USER_SCHEMA}`,
};

/** The size of a table. */
export interface TableSizeRow {
  readonly oid: number;
  /** Blocks of the main fork. */
  readonly pages: number;
  /** Those of the table for long values that belongs to it. */
  readonly toastPages: number;
}

export const tableSizes: CatalogQuery<TableSizeRow> = {
  // The server has to look at the files of each table.
  forRows: true,
  sql: () => `
    SELECT c.oid, (pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int)::int AS pages,
           (CASE WHEN c.reltoastrelid = 0 THEN 0 ELSE pg_catalog.pg_relation_size(c.reltoastrelid)
            / pg_catalog.current_setting('block_size')::int END)::int AS "toastPages"
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND ${IN_USER_SCHEMA}`,
};

/** A child table or partition and its parent. */
export interface InheritRow {
  readonly child: number;
  readonly parent: number;
}

export const inherits: CatalogQuery<InheritRow> = {
  sql: () => `
    SELECT inhrelid AS child, inhparent AS parent FROM pg_catalog.pg_inherits ORDER BY inhrelid, inhseqno`,
};
