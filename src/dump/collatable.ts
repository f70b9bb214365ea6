/** Which key columns have a collation, so that a reproducible dump can sort them by their bytes. */
import type { Connection } from "../pg/connection.ts";
import type { DataRelation } from "../plan/plan.ts";
import { quoteLiteral } from "../sql/literal.ts";

/** A look-up by relation and column name, read in one statement. */
export async function collatableColumns(
  connection: Connection,
  relations: readonly DataRelation[],
): Promise<(oid: number, column: string) => boolean> {
  const oids = relations.filter(({ keyColumns }) => keyColumns.length > 0).map(({ oid }) => oid);
  const rows = await connection.query<{ relation: number; name: string }>(
    `SELECT attrelid AS relation, attname AS name FROM pg_catalog.pg_attribute
     WHERE attrelid = ANY (${quoteLiteral(`{${oids.join(",")}}`)}::pg_catalog.oid[]) AND attnum > 0 AND attcollation <> 0`,
  );
  const found = new Set(rows.map(({ relation, name }) => `${relation} ${name}`));
  return (oid, column) => found.has(`${oid} ${column}`);
}
