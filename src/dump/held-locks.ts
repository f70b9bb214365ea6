/** Which relations a session has locked: the one fact about what a statement read that nobody can change afterwards. */
import type { Connection } from "../pg/connection.ts";
import type { Lockable } from "../pg/locks.ts";
import { quoteLiteral } from "../sql/literal.ts";

/** Oids as rows, in SQL: `(oid)`. */
function oidRows(relations: readonly { readonly oid: number }[]): string {
  return `pg_catalog.unnest(${quoteLiteral(`{${relations.map(({ oid }) => oid).join(",")}}`)}::pg_catalog.oid[])`;
}

const HELD = `
    SELECT relation FROM pg_catalog.pg_locks
    WHERE locktype = 'relation' AND pid = pg_catalog.pg_backend_pid() AND granted`;

/**
 * The tables that the session has not locked, although it locked their names: these stood for others at that moment.
 */
export async function notLocked(
  connection: Connection,
  tables: readonly Lockable[],
): Promise<Lockable[]> {
  if (tables.length === 0) return [];
  const rows = await connection.query<{ oid: number }>(
    `SELECT t.oid FROM ${oidRows(tables)} AS t (oid) WHERE t.oid NOT IN (${HELD})`,
    { action: "check the locks" },
  );
  const oids = new Set(rows.map(({ oid }) => oid));
  return tables.filter(({ oid }) => oids.has(oid));
}

/**
 * The current names of relations with rows that the session has locked beside `tables`. They were read under these names,
 * in some schema: a locked relation cannot be renamed.
 */
export async function otherLocked(
  connection: Connection,
  tables: readonly { readonly oid: number }[],
): Promise<Set<string>> {
  const rows = await connection.query<{ name: string | null }>(
    // A relation that is newer than the snapshot has no row in pg_class here.
    `SELECT (pg_catalog.pg_identify_object(1259, l.relation, 0)).name
     FROM (${HELD} AND relation >= 16384 OFFSET 0) AS l (relation)
     LEFT JOIN ${oidRows(tables)} AS t (oid) ON t.oid = l.relation
     LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
     WHERE t.oid IS NULL AND COALESCE(c.relkind, 'r') NOT IN ('i', 'I', 't', 'S')`,
    { action: "check the locks" },
  );
  return new Set(rows.flatMap(({ name }) => name ?? []));
}
