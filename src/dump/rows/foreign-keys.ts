/** Reads the foreign keys of a database. */
import type { Connection } from "../../pg/connection.ts";
import { quoteIdent } from "../../sql/ident.ts";

export interface ReadForeignKey {
  readonly name: string;
  /** The referring table. Never a partitioned one: its partitions have the key, too. */
  readonly child: number;
  /** The referenced table, which may be partitioned. */
  readonly parent: number;
  readonly childTable: string;
  /** As SQL for FROM: with ONLY, unless it is partitioned. */
  readonly parentTable: string;
  /** In the key's order, like `references` and `operators`. */
  readonly columns: readonly string[];
  readonly references: readonly string[];
  /** The key's own equality operators, with the referenced column on the left. For citext it is not the `=` of text. */
  readonly operators: readonly string[];
  /** MATCH FULL: all columns of a row are null, or none. */
  readonly matchFull: boolean;
  readonly validated: boolean;
  /**
   * PERIOD: the last column is a range that the ranges of all matching rows together must cover; its operator tells
   * whether one of them overlaps.
   */
  readonly period: boolean;
}

const PERIOD_SINCE = 18;

/** The condition under which the row `child` refers to the row `parent`. */
export function matchRows({ columns, references, operators }: ReadForeignKey): string {
  return columns
    .map(
      (column, i) =>
        `parent.${quoteIdent(references[i]!)} ${operators[i]!} child.${quoteIdent(column)}`,
    )
    .join(" AND ");
}

/** All foreign keys, without the copies that PostgreSQL keeps for each partition of a referenced table. */
export function readForeignKeys(connection: Connection, major: number): Promise<ReadForeignKey[]> {
  const names = (numbers: string, relation: string): string =>
    `ARRAY(SELECT a.attname::pg_catalog.text FROM pg_catalog.unnest(${numbers}) WITH ORDINALITY AS k (n, i)
           JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.n ORDER BY k.i)`;
  return connection.query<ReadForeignKey>(`
    SELECT co.conname AS name, co.conrelid AS child, co.confrelid AS parent,
           co.conrelid::pg_catalog.regclass::pg_catalog.text AS "childTable",
           CASE WHEN p.relkind = 'p' THEN '' ELSE 'ONLY ' END || co.confrelid::pg_catalog.regclass::pg_catalog.text AS "parentTable",
           ARRAY(SELECT pg_catalog.format('OPERATOR(%I.%s)', n.nspname, o.oprname)
                 FROM pg_catalog.unnest(co.conpfeqop) WITH ORDINALITY AS k (op, i)
                 JOIN pg_catalog.pg_operator o ON o.oid = k.op JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
                 ORDER BY k.i) AS operators,
           co.confmatchtype = 'f' AS "matchFull", co.convalidated AS validated,
           ${major >= PERIOD_SINCE ? "co.conperiod" : "false"} AS period,
           ${names("co.conkey", "co.conrelid")} AS columns, ${names("co.confkey", "co.confrelid")} AS references
    FROM pg_catalog.pg_constraint co
    JOIN pg_catalog.pg_class c ON c.oid = co.conrelid
    JOIN pg_catalog.pg_class p ON p.oid = co.confrelid
    LEFT JOIN pg_catalog.pg_constraint up ON up.oid = co.conparentid
    WHERE co.contype = 'f' AND c.relkind = 'r' AND up.conrelid IS DISTINCT FROM co.conrelid
    ORDER BY 4, co.conname`);
}
