/** Parameters of sequences and the columns that own them. Current values are data and are read with the rows. */
import type { CatalogQuery } from "./query.ts";

export interface SequenceRow {
  readonly oid: number;
  /** As SQL: `bigint`. */
  readonly type: string;
  readonly start: string;
  readonly increment: string;
  readonly min: string;
  readonly max: string;
  readonly cache: string;
  readonly cycle: boolean;
  /** The owning relation and column; null for none. */
  readonly ownerRelation: number | null;
  readonly ownerColumn: string | null;
  /** `deptype` of the ownership: i for identity columns, a for OWNED BY. */
  readonly ownerType: "i" | "a" | null;
  /** Since 14, when sequences lost the types of their own: the type, in the same schema, that has its name; null for none. */
  readonly typeOfSameName: number | null;
}

export const sequences: CatalogQuery<SequenceRow> = {
  sql: () => `
    SELECT s.seqrelid AS oid, pg_catalog.format_type(s.seqtypid, NULL) AS type, s.seqstart AS start,
           s.seqincrement AS increment, s.seqmin AS min, s.seqmax AS max, s.seqcache AS cache, s.seqcycle AS cycle,
           d.refobjid AS "ownerRelation", d.deptype AS "ownerType",
           -- Not a join, which would read all columns of the database.
           (SELECT a.attname FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = d.refobjid AND a.attnum = d.refobjsubid) AS "ownerColumn",
           named."typeOfSameName"
    FROM pg_catalog.pg_sequence s
    LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.seqrelid
      AND d.objsubid = 0 AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0
      AND d.deptype IN ('a', 'i')
    LEFT JOIN (
      SELECT c.oid, t.oid AS "typeOfSameName"
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_type t ON t.typname = c.relname AND t.typnamespace = c.relnamespace
      LEFT JOIN pg_catalog.pg_type element ON element.oid = t.typelem
      -- An array type makes way for whatever wants its name (moveArrayTypeName, src/backend/catalog/pg_type.c).
      WHERE c.relkind = 'S' AND t.typrelid <> c.oid AND COALESCE(element.typarray <> t.oid, TRUE)
    ) AS named ON named.oid = s.seqrelid`,
};
