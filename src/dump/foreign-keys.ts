/** The foreign keys of a database by the names of their columns. */
import type { Connection } from "../pg/connection.ts";

export interface ReadForeignKey {
  readonly name: string;
  /** The referring table: never a partitioned one, whose partitions have the key as well. */
  readonly child: number;
  /** The referenced table, perhaps a partitioned one. */
  readonly parent: number;
  readonly childTable: string;
  readonly parentTable: string;
  /** In the key's order, both. */
  readonly columns: readonly string[];
  readonly references: readonly string[];
}

/** All of them, without those that PostgreSQL keeps for each partition of a referenced table. */
export function readForeignKeys(connection: Connection): Promise<ReadForeignKey[]> {
  const names = (numbers: string, relation: string): string =>
    `ARRAY(SELECT a.attname::pg_catalog.text FROM pg_catalog.unnest(${numbers}) WITH ORDINALITY AS k (n, i)
           JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.n ORDER BY k.i)`;
  return connection.query<ReadForeignKey>(`
    SELECT co.conname AS name, co.conrelid AS child, co.confrelid AS parent,
           co.conrelid::pg_catalog.regclass::pg_catalog.text AS "childTable",
           co.confrelid::pg_catalog.regclass::pg_catalog.text AS "parentTable",
           ${names("co.conkey", "co.conrelid")} AS columns, ${names("co.confkey", "co.confrelid")} AS references
    FROM pg_catalog.pg_constraint co
    JOIN pg_catalog.pg_class c ON c.oid = co.conrelid
    LEFT JOIN pg_catalog.pg_constraint up ON up.oid = co.conparentid
    WHERE co.contype = 'f' AND c.relkind = 'r' AND up.conrelid IS DISTINCT FROM co.conrelid
    ORDER BY 4, co.conname`);
}
