/** Reads from the catalogs what the text of a table's rows depends on: columns, and the types that they use. */
import type { Connection } from "../../pg/connection.ts";

/** `attnum`, `atttypid`, `atttypmod`, `atthasmissing`, and `attmissingval` as text. */
export type ColumnFacts = readonly [number, number, number, boolean, string | null];

export interface TableFacts {
  readonly oid: number;
  /** `pg_relation_filenode()`: not of the snapshot, but of the file that is read under the dump's lock. */
  readonly filenode: number;
  /** Blocks of the TOAST table, as of the last VACUUM if there was one. */
  readonly toastPages: number;
  /** The columns that are dumped, in table order. */
  readonly columns: readonly ColumnFacts[];
}

/** A type that values of the tables are made of. */
export interface TypeFacts {
  readonly oid: number;
  /** `typtype`: b base, c composite, d domain, e enum, m multirange, r range, p pseudo. */
  readonly kind: string;
  /** Types of which its values consist. */
  readonly parts: readonly number[];
  /** Name of the output function, and whether it is one of PostgreSQL's. */
  readonly output: string;
  readonly isOutputBuiltIn: boolean;
  /** `provolatile` of the output function. */
  readonly volatility: string;
  /** Name and version of the extension that it belongs to; null for none. */
  readonly extension: string | null;
  /** Everything else that can change the text, `xmin` of the catalogs' rows included: a change and its undoing show. */
  readonly details: unknown;
}

const oids = (values: readonly number[]): string => `'{${values.join(",")}}'::pg_catalog.oid[]`;

/** Reads the facts of tables that the dump has locked. */
export async function readTableFacts(
  connection: Connection,
  tables: readonly number[],
): Promise<TableFacts[]> {
  return connection.query<TableFacts>(
    `SELECT c.oid, pg_catalog.pg_relation_filenode(c.oid) AS filenode,
            COALESCE(CASE WHEN t.relpages > 0 THEN t.relpages
                          ELSE pg_catalog.pg_relation_size(t.oid) / pg_catalog.current_setting('block_size')::pg_catalog.int8
                     END, 0)::pg_catalog.int4 AS "toastPages",
            (SELECT COALESCE(pg_catalog.json_agg(pg_catalog.json_build_array(
                      a.attnum, a.atttypid::pg_catalog.int8, a.atttypmod, a.atthasmissing, a.attmissingval::pg_catalog.text)
                      ORDER BY a.attnum), '[]')
             FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
     FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
     WHERE c.oid = ANY (${oids(tables)})`,
    { action: "read what the rows of tables depend on" },
  );
}

/** Reads the types of the columns, and all types that those consist of. */
export async function readTypeFacts(
  connection: Connection,
  columnTypes: readonly number[],
): Promise<TypeFacts[]> {
  const parts = `
    SELECT t.typelem WHERE t.typelem <> 0
    UNION ALL SELECT t.typbasetype WHERE t.typbasetype <> 0
    UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a
              WHERE a.attrelid = t.typrelid AND t.typrelid <> 0 AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)`;
  return connection.query<TypeFacts>(
    `WITH RECURSIVE used(oid) AS (
       SELECT pg_catalog.unnest(${oids(columnTypes)})
       UNION
       SELECT part.oid FROM used u JOIN pg_catalog.pg_type t ON t.oid = u.oid
       CROSS JOIN LATERAL (${parts}) AS part(oid)
     )
     SELECT t.oid, t.typtype AS kind, ARRAY(${parts}) AS parts, o.proname AS output,
            o.oid < 16384 AS "isOutputBuiltIn", o.provolatile AS volatility,
            (SELECT e.extname || ' ' || e.extversion FROM pg_catalog.pg_depend d
             JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
             WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e'
               AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass) AS extension,
            pg_catalog.json_build_array(t.xmin::pg_catalog.text, t.typdelim, o.xmin::pg_catalog.text,
              (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(l.oid::pg_catalog.int8, l.enumlabel, l.xmin::pg_catalog.text)
                        ORDER BY l.oid)
               FROM pg_catalog.pg_enum l WHERE l.enumtypid = t.oid),
              (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attnum, a.atttypid::pg_catalog.int8, a.atttypmod,
                        a.attisdropped, a.atthasmissing, a.attmissingval::pg_catalog.text, a.xmin::pg_catalog.text)
                        ORDER BY a.attnum)
               FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND t.typrelid <> 0 AND a.attnum > 0)) AS details
     FROM used u JOIN pg_catalog.pg_type t ON t.oid = u.oid JOIN pg_catalog.pg_proc o ON o.oid = t.typoutput
     ORDER BY t.oid`,
    { action: "read the types of columns" },
  );
}
