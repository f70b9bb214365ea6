/** Publications and the tables and schemas that they publish. */
import type { CatalogQuery } from "./query.ts";

export interface PublicationRow {
  readonly oid: number;
  readonly name: string;
  readonly owner: number;
  readonly allTables: boolean;
  /** Since 19. */
  readonly allSequences: boolean;
  /** The published ones of `insert`, `update`, `delete` and `truncate`. */
  readonly operations: readonly string[];
  readonly viaRoot: boolean;
  /** `pubgencols`: n none, s stored; null before PostgreSQL 18. */
  readonly generatedColumns: string | null;
}

export const publications: CatalogQuery<PublicationRow> = {
  sql: ({ major }) => `
    SELECT oid, pubname AS name, pubowner AS owner, puballtables AS "allTables",
           ${major >= 19 ? "puballsequences" : "false"} AS "allSequences",
           pg_catalog.array_remove(ARRAY[CASE WHEN pubinsert THEN 'insert' END, CASE WHEN pubupdate THEN 'update' END,
             CASE WHEN pubdelete THEN 'delete' END, CASE WHEN pubtruncate THEN 'truncate' END], NULL) AS operations,
           pubviaroot AS "viaRoot", ${major >= 18 ? "pubgencols::text" : "NULL"} AS "generatedColumns"
    FROM pg_catalog.pg_publication`,
};

export interface PublicationRelationRow {
  readonly oid: number;
  readonly publication: number;
  readonly relation: number;
  readonly namespace: string;
  readonly name: string;
  /** Since 19: whether the relation is the exception from all tables, and not published. */
  readonly isExcluded: boolean;
  /** Names of the published columns; null for all. */
  readonly columns: readonly string[] | null;
  /** The row filter as SQL. */
  readonly filter: string | null;
}

export const publicationRelations: CatalogQuery<PublicationRelationRow> = {
  sql: ({ major }) => `
    SELECT p.oid, p.prpubid AS publication, p.prrelid AS relation, n.nspname AS namespace, c.relname AS name,
           ${major >= 19 ? "p.prexcept" : "false"} AS "isExcluded",
           ${
             major >= 15
               ? `CASE WHEN p.prattrs IS NOT NULL THEN ARRAY(
                    SELECT a.attname::text
                    FROM pg_catalog.unnest(p.prattrs::pg_catalog.int2[]) WITH ORDINALITY AS l(number, position)
                    JOIN pg_catalog.pg_attribute a ON a.attrelid = p.prrelid AND a.attnum = l.number
                    ORDER BY l.position) END`
               : "NULL::pg_catalog.text[]"
           } AS columns,
           ${major >= 15 ? "pg_catalog.pg_get_expr(p.prqual, p.prrelid)" : "NULL"} AS filter
    FROM pg_catalog.pg_publication_rel p
    JOIN pg_catalog.pg_class c ON c.oid = p.prrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`,
};

export interface PublicationSchemaRow {
  readonly oid: number;
  readonly publication: number;
  readonly namespace: number;
}

export const publicationSchemas: CatalogQuery<PublicationSchemaRow> = {
  since: 15,
  sql: () => `
    SELECT p.oid, p.pnpubid AS publication, p.pnnspid AS namespace FROM pg_catalog.pg_publication_namespace p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pnnspid`,
};
