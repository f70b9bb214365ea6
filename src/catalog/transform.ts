/** Transforms of types for procedural languages. */
import { FIRST_NORMAL_OID } from "./address.ts";
import type { CatalogQuery } from "./query.ts";

export interface TransformRow {
  readonly oid: number;
  /** `format_type()`. */
  readonly type: string;
  readonly language: string;
  /** As `regprocedure` prints it; null for none. */
  readonly fromSql: string | null;
  readonly toSql: string | null;
}

export const transforms: CatalogQuery<TransformRow> = {
  sql: () => `
    SELECT t.oid, pg_catalog.format_type(t.trftype, NULL) AS type, l.lanname AS language,
           NULLIF(t.trffromsql::pg_catalog.regprocedure::text, '-') AS "fromSql",
           NULLIF(t.trftosql::pg_catalog.regprocedure::text, '-') AS "toSql"
    FROM pg_catalog.pg_transform t
    JOIN pg_catalog.pg_language l ON l.oid = t.trflang WHERE t.oid >= ${FIRST_NORMAL_OID}`,
};
