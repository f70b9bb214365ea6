/**
 * ACCESS SHARE locks on the tables of a dump: they let everybody read and write, and keep them from being dropped or
 * altered during it. Taken in large batches; when one is not available the message names the table and who holds it.
 */
import { ServerError } from "../errors.ts";
import { qualify } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import type { Connection } from "./connection.ts";
import { listed } from "../util/format.ts";

export interface Lockable {
  readonly oid: number;
  readonly namespace: string;
  readonly name: string;
}

/** Tables locked in one statement: few round trips, and statements of moderate length. */
const BATCH = 500;

/**
 * Locks tables in the current transaction, which must be at the start of its own and hold no snapshot yet.
 * @throws ServerError LOCK_TIMEOUT only when a lock was not available in time, PERMISSION when the login may not read a
 * table; both name the tables.
 */
export async function lockTables(
  connection: Connection,
  tables: readonly Lockable[],
  timeoutMs: number,
  observer: () => Promise<Connection>,
): Promise<void> {
  if (tables.length === 0) return;
  const timeout = `SET LOCAL lock_timeout = ${Math.trunc(timeoutMs)}`;
  for (let at = 0; at < tables.length; at += BATCH) {
    const batch = tables.slice(at, at + BATCH);
    const lock = `LOCK TABLE ${batch.map(only).join(", ")} IN ACCESS SHARE MODE`;
    try {
      // As one text, they take one round trip.
      await connection.query(`${timeout}; ${lock}; SET LOCAL lock_timeout = 0`, {
        action: "lock the tables to be dumped",
      });
    } catch (error) {
      throw await explain(error, batch, observer);
    }
  }
}

function only({ namespace, name }: Lockable): string {
  return `ONLY ${qualify(namespace, name)}`;
}

/** Asks in a new session for the tables: the server's message names none after a timeout, and no schema when it refuses. */
async function explain(
  failure: unknown,
  tables: readonly Lockable[],
  observer: () => Promise<Connection>,
): Promise<unknown> {
  if (!(failure instanceof ServerError) || failure.code === "SERVER") return failure;
  const oids = quoteLiteral(`{${tables.map(({ oid }) => oid).join(",")}}`);
  const second = await observer().catch(() => undefined);
  if (second === undefined) return failure;
  try {
    return failure.code === "PERMISSION"
      ? await explainPermission(failure, tables, oids, second)
      : await explainTimeout(failure, tables, oids, second);
  } catch {
    return failure;
  } finally {
    await second.close();
  }
}

async function explainPermission(
  error: ServerError,
  tables: readonly Lockable[],
  oids: string,
  connection: Connection,
): Promise<ServerError> {
  const rows = await connection.query<{ oid: number }>(
    `SELECT oid FROM pg_catalog.pg_class
     WHERE oid = ANY (${oids}::pg_catalog.oid[])
       AND NOT (pg_catalog.has_table_privilege(oid, 'SELECT')
                AND pg_catalog.has_schema_privilege(relnamespace, 'USAGE'))`,
  );
  const names = namesOf(tables, rows);
  return new ServerError(
    `no permission to read ${names}`,
    {
      object: names,
      hint: "grant USAGE on the schemas and SELECT on the tables, dump as their owner, or leave them out",
      sqlState: error.sqlState,
      cause: error.cause,
    },
    "PERMISSION",
  );
}

async function explainTimeout(
  error: ServerError,
  tables: readonly Lockable[],
  oids: string,
  connection: Connection,
): Promise<ServerError> {
  const rows = await connection.query<{ oid: number; pid: number }>(
    `SELECT relation AS oid, pid FROM pg_catalog.pg_locks
     WHERE relation = ANY (${oids}::pg_catalog.oid[]) AND mode = 'AccessExclusiveLock'
       AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
     ORDER BY granted DESC, relation, pid`,
  );
  if (rows.length === 0) return error;
  const names = namesOf(tables, rows);
  const pids = [...new Set(rows.map(({ pid }) => pid))].join(", ");
  return new ServerError(
    `could not lock ${names} in time: locked exclusively by server process ${pids}`,
    {
      object: names,
      hint: "wait until the change of the table is over, or allow more time with the lock timeout",
      sqlState: error.sqlState,
      cause: error.cause,
    },
    "LOCK_TIMEOUT",
  );
}

function namesOf(tables: readonly Lockable[], rows: readonly { oid: number }[]): string {
  const oids = new Set(rows.map(({ oid }) => oid));
  const names = tables
    .filter(({ oid }) => oids.has(oid))
    .map(({ namespace, name }) => qualify(namespace, name));
  return `${names.length === 1 ? "table" : "tables"} ${listed(names)}`;
}
