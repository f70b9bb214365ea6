/**
 * Facts by which a later dump can tell that it reads the same server, and that a row version still means the same row.
 * They are a help, never a condition: a server that refuses to tell some of them is dumped all the same.
 */
import type { ManifestServer } from "../archive/format/manifest.ts";
import type { Catalog } from "../catalog/read.ts";
import { ServerError } from "../errors.ts";
import type { Connection } from "../pg/connection.ts";

type IdentityRow = Omit<ManifestServer, "databaseOid" | "timeline" | "walFlushedTo"> & {
  readonly timeline: string | null;
};

/**
 * Reads the facts in the connection's snapshot.
 * @returns null when the server tells nothing.
 */
export async function readServerIdentity(
  connection: Connection,
  { database }: Pick<Catalog, "database">,
): Promise<ManifestServer | null> {
  const { oid, inRecovery } = database;
  const row =
    (await tryQuery<IdentityRow>(connection, identitySql({ inRecovery, control: true }))) ??
    (await tryQuery<IdentityRow>(connection, identitySql({ inRecovery, control: false })));
  if (row === null) return null;
  return {
    systemIdentifier: row.systemIdentifier,
    databaseOid: oid,
    timeline: row.timeline === null ? null : Number(row.timeline),
    startedAt: row.startedAt,
    statisticsSince: row.statisticsSince,
    snapshot: row.snapshot,
    walInsertedTo: row.walInsertedTo,
    walFlushedTo: null,
  };
}

/**
 * Completes the facts when all rows are copied. By then the server has usually flushed the WAL of every transaction that
 * the snapshot saw.
 */
export async function withFlushPosition(
  connection: Connection,
  server: ManifestServer,
): Promise<ManifestServer> {
  if (server.walInsertedTo === null) return server;
  const flushed = await tryQuery<{ lsn: string }>(
    connection,
    "SELECT pg_catalog.pg_current_wal_flush_lsn()::pg_catalog.text AS lsn",
  );
  return { ...server, walFlushedTo: flushed?.lsn ?? null };
}

/**
 * @param control whether to call the `pg_control_…` functions, which a provider may have revoked and which do not work on
 *   every fork.
 */
function identitySql(has: { readonly inRecovery: boolean; readonly control: boolean }): string {
  const control = (column: string, source: string): string =>
    has.control ? `(SELECT ${column} FROM pg_catalog.${source}())` : "NULL";
  // The control file names an old timeline until the first checkpoint after a promotion; the WAL file's name does not.
  const timeline = has.inRecovery
    ? control("timeline_id", "pg_control_checkpoint")
    : "('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8))::bit(32)::pg_catalog.int8";
  const time = (value: string): string =>
    `pg_catalog.to_char(${value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  return `
    SELECT ${control("system_identifier", "pg_control_system")}::pg_catalog.text AS "systemIdentifier",
           (${timeline})::pg_catalog.text AS timeline,
           ${time("pg_catalog.pg_postmaster_start_time()")} AS "startedAt",
           ${time("pg_catalog.pg_stat_get_bgwriter_stat_reset_time()")} AS "statisticsSince",
           pg_catalog.pg_current_snapshot()::pg_catalog.text AS snapshot,
           ${has.inRecovery ? "NULL" : "pg_catalog.pg_current_wal_insert_lsn()"}::pg_catalog.text AS "walInsertedTo"`;
}

/** Runs a query that may be refused, without harm to the transaction. */
async function tryQuery<Row>(connection: Connection, sql: string): Promise<Row | null> {
  await connection.query("SAVEPOINT server_identity");
  try {
    const [row] = await connection.query<Row>(sql);
    await connection.query("RELEASE server_identity");
    return row ?? null;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    await connection.query("ROLLBACK TO server_identity; RELEASE server_identity");
    return null;
  }
}
