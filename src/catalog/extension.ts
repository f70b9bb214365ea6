/** Installed extensions, including those that initdb installed. CREATE EXTENSION creates their members. */
import type { CatalogQuery } from "./query.ts";

export interface ExtensionRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  /** The comment that its control file gives it; null where the server has no such file. */
  readonly controlComment: string | null;
  /** The extension's relations whose contents are the user's: see pg_extension_config_dump() in the PostgreSQL docs. */
  readonly configTables: readonly ConfigTable[];
}

export interface ConfigTable {
  /** A table or a sequence. */
  readonly relationOid: number;
  /** `WHERE …` for the rows that are the user's; empty for all. */
  readonly condition: string;
}

export const extensions: CatalogQuery<ExtensionRow> = {
  sql: () => `
    SELECT e.oid, e.extname AS name, e.extnamespace AS namespace, a.comment AS "controlComment",
           COALESCE((SELECT pg_catalog.json_agg(pg_catalog.json_build_object('relationOid', c.relation::int8,
                                                                             'condition', c.condition) ORDER BY c.position)
                     FROM ROWS FROM (pg_catalog.unnest(e.extconfig), pg_catalog.unnest(e.extcondition))
                          WITH ORDINALITY AS c(relation, condition, position)), '[]') AS "configTables"
    FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    LEFT JOIN pg_catalog.pg_available_extensions() a ON a.name = e.extname`,
};
