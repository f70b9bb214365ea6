/** The catalogs that the server has, listed in `covered.ts` or not, to be searched for uncovered objects. */
import { FIRST_NORMAL_OID } from "../address.ts";
import type { CatalogQuery } from "../query.ts";

export interface CatalogTableRow {
  readonly oid: number;
  readonly name: string;
  readonly isShared: boolean;
  readonly hasOid: boolean;
  /** The column with the schema of its objects. */
  readonly namespaceColumn: string | null;
  /** Columns of type `"char"`, whose values tell kinds apart. */
  readonly kindColumns: readonly string[];
}

export const catalogTables: CatalogQuery<CatalogTableRow> = {
  sql: () => `
  SELECT c.oid, c.relname AS name, c.relisshared AS "isShared",
         pg_catalog.bool_or(a.attname = 'oid') AS "hasOid",
         pg_catalog.min(a.attname::text) FILTER (WHERE a.attname LIKE '%namespace' AND a.atttypid = 26) AS "namespaceColumn",
         COALESCE(pg_catalog.array_agg(a.attname::text) FILTER (WHERE a.atttypid = 18), '{}') AS "kindColumns"
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
  WHERE c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND c.relkind = 'r' AND c.oid < ${FIRST_NORMAL_OID}
    -- The first column, so that no catalog is missed, and those that matter. All others need not be looked at.
    AND (a.attnum = 1 OR a.attname = 'oid' OR a.atttypid = 18 OR a.atttypid = 26 AND a.attname LIKE '%namespace')
    AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
  GROUP BY c.oid, c.relname, c.relisshared ORDER BY c.relname`,
};
