/** Reads the foreign keys of a database, and writes the condition under which rows satisfy them. */
import { operatorName } from "../catalog/expressions.ts";
import { quoteIdent } from "../sql/ident.ts";
import type { Connection } from "./connection.ts";

export interface ReadForeignKey {
  readonly name: string;
  /** The oid of the referring table. */
  readonly child: number;
  /** The oid of the referenced table, which may be partitioned. */
  readonly parent: number;
  /** The referring table as SQL names it. */
  readonly childTable: string;
  /** The referenced table as SQL names it. */
  readonly parentTable: string;
  /** The rows that refer, as SQL for FROM: with ONLY, unless the table is partitioned. */
  readonly childRows: string;
  /** The rows that can be referred to, likewise. */
  readonly parentRows: string;
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
  /** False of a key that the server does not check (NOT ENFORCED). */
  readonly enforced: boolean;
  /** `confdeltype`: what deleting a referenced row does: nothing (a, r), CASCADE (c), SET NULL (n), SET DEFAULT (d). */
  readonly onDelete: "a" | "r" | "c" | "n" | "d";
  /** The columns that SET NULL sets. */
  readonly deleteSets: readonly string[];
}

const ENFORCED_SINCE = 18;
const SET_COLUMNS_SINCE = 15;

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

export interface ForeignKeyOptions {
  /** The server's major version. */
  readonly major: number;
  /**
   * The keys to read: those of tables with rows of their own, so that a partitioned table's key is read with each
   * partition (`each-table`); or those that somebody declared, without what partitions inherit (`declared`).
   */
  readonly keys: "each-table" | "declared";
}

const CONDITIONS: Readonly<Record<ForeignKeyOptions["keys"], string>> = {
  // Without the copies that PostgreSQL keeps for each partition of a referenced table.
  "each-table": "c.relkind = 'r' AND up.conrelid IS DISTINCT FROM co.conrelid",
  declared: "co.conparentid = 0",
};

/** Reads foreign keys, ordered by table and name. */
export function readForeignKeys(
  connection: Pick<Connection, "query">,
  { major, keys }: ForeignKeyOptions,
): Promise<ReadForeignKey[]> {
  const rows = (relation: string): string =>
    `CASE ${relation}.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || ${relation}.oid::pg_catalog.regclass::pg_catalog.text`;
  const names = (numbers: string, relation: string): string =>
    `ARRAY(SELECT a.attname::pg_catalog.text FROM pg_catalog.unnest(${numbers}) WITH ORDINALITY AS k (n, i)
           JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.n ORDER BY k.i)`;
  return connection.query<ReadForeignKey>(`
    SELECT co.conname AS name, co.conrelid AS child, co.confrelid AS parent,
           co.conrelid::pg_catalog.regclass::pg_catalog.text AS "childTable",
           co.confrelid::pg_catalog.regclass::pg_catalog.text AS "parentTable",
           ${rows("c")} AS "childRows", ${rows("p")} AS "parentRows",
           ARRAY(SELECT ${operatorName("n", "o")}
                 FROM pg_catalog.unnest(co.conpfeqop) WITH ORDINALITY AS k (op, i)
                 JOIN pg_catalog.pg_operator o ON o.oid = k.op JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
                 ORDER BY k.i) AS operators,
           co.confmatchtype = 'f' AS "matchFull", co.convalidated AS validated,
           ${major >= PERIOD_SINCE ? "co.conperiod" : "false"} AS period,
           ${major >= ENFORCED_SINCE ? "co.conenforced" : "true"} AS enforced, co.confdeltype AS "onDelete",
           ${names(major >= SET_COLUMNS_SINCE ? "COALESCE(co.confdelsetcols, co.conkey)" : "co.conkey", "co.conrelid")} AS "deleteSets",
           ${names("co.conkey", "co.conrelid")} AS columns, ${names("co.confkey", "co.confrelid")} AS references
    FROM pg_catalog.pg_constraint co
    JOIN pg_catalog.pg_class c ON c.oid = co.conrelid
    JOIN pg_catalog.pg_class p ON p.oid = co.confrelid
    LEFT JOIN pg_catalog.pg_constraint up ON up.oid = co.conparentid
    WHERE co.contype = 'f' AND ${CONDITIONS[keys]}
    ORDER BY 4, co.conname`);
}
