/** Reads the facts of databases from the shared catalogs: on a connection to any database of the cluster. */
import { databaseColumns } from "../../catalog/database-properties.ts";
import type { ServerVersion } from "../../catalog/version.ts";
import { RefusedError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { DatabaseFacts, DatabaseSession, SwapFacts } from "./facts.ts";

/** @throws RefusedError only when there is no such database. */
export async function readDatabase(
  connection: Connection,
  version: ServerVersion,
  name: string,
): Promise<DatabaseFacts> {
  const facts = await readWhere(connection, version, `datname = ${quoteLiteral(name)}`);
  if (facts === undefined)
    throw new RefusedError("SWAP_REFUSED", `there is no database ${JSON.stringify(name)}`);
  return facts;
}

/** The database with this oid, whatever its name is by now; undefined when it was dropped. */
export function readDatabaseByOid(
  connection: Connection,
  version: ServerVersion,
  oid: number,
): Promise<DatabaseFacts | undefined> {
  return readWhere(connection, version, `oid = ${oid}`);
}

async function readWhere(
  connection: Connection,
  version: ServerVersion,
  condition: string,
): Promise<DatabaseFacts | undefined> {
  const [facts] = await connection.query<DatabaseFacts>(`
    SELECT ${databaseColumns(version)}, pg_catalog.pg_get_userbyid(datdba) AS owner,
           pg_catalog.encode(pg_catalog.convert_to(datname::text, pg_catalog.getdatabaseencoding()), 'hex') AS "nameBytes",
           (SELECT t.spcname FROM pg_catalog.pg_tablespace t WHERE t.oid = d.dattablespace AND t.oid <> (
              SELECT dattablespace FROM pg_catalog.pg_database WHERE datname = 'template0')) AS tablespace,
           pg_catalog.shobj_description(d.oid, 'pg_database') AS comment,
           COALESCE((
             SELECT pg_catalog.json_agg(pg_catalog.json_build_object('role', r.rolname, 'settings', s.setconfig) ORDER BY r.rolname)
             FROM pg_catalog.pg_db_role_setting s LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
             WHERE s.setdatabase = d.oid), '[]') AS settings,
           COALESCE((
             SELECT pg_catalog.json_agg(pg_catalog.json_build_object('provider', l.provider, 'label', l.label) ORDER BY l.provider)
             FROM pg_catalog.pg_shseclabel l
             WHERE l.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass AND l.objoid = d.oid), '[]') AS labels
    FROM pg_catalog.pg_database d WHERE d.${condition}`);
  return facts;
}

/** The name of the database that a connection is to. */
export async function currentName(connection: Connection): Promise<string> {
  const [row] = await connection.query<{ name: string }>(
    "SELECT pg_catalog.current_database()::text AS name",
  );
  return row!.name;
}

/** Whether the current user may end sessions of the role with this oid (pg_terminate_backend()). */
function mayEnd(role: string): string {
  return `(pg_catalog.current_setting('is_superuser') = 'on' OR (
      NOT COALESCE((SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.oid = ${role}), true)
      AND (pg_catalog.pg_has_role(${role}, 'USAGE') OR pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'))))`;
}

/** Sessions in a database, without ours and without the server's own workers. */
export async function readSessions(
  connection: Connection,
  databaseOid: number,
): Promise<DatabaseSession[]> {
  return connection.query<DatabaseSession>(`
    SELECT pid, usename AS role, NULLIF(application_name, '') AS application, ${mayEnd("usesysid")} AS "mayEnd"
    FROM pg_catalog.pg_stat_activity
    WHERE datid = ${databaseOid} AND pid <> pg_catalog.pg_backend_pid() AND usesysid IS NOT NULL
    ORDER BY pid`);
}

/**
 * Ends all sessions in the databases that the login may end.
 * @returns the processes that will end; they need a moment to go.
 */
export async function endSessions(
  connection: Connection,
  databaseOids: readonly number[],
): Promise<number[]> {
  const rows = await connection.query<{ pid: number }>(
    `SELECT pid, pg_catalog.pg_terminate_backend(pid)
     FROM pg_catalog.pg_stat_activity
     WHERE datid IN (${databaseOids.join(", ")}) AND pid <> pg_catalog.pg_backend_pid()
       AND usesysid IS NOT NULL AND ${mayEnd("usesysid")}`,
    { action: "end the sessions in the database" },
  );
  return rows.map(({ pid }) => pid);
}

/** @param ours backends of this process, which are no obstacle. */
export async function readSwapFacts(
  connection: Connection,
  { oid, owner, tablespace }: DatabaseFacts,
  ours: readonly number[],
): Promise<SwapFacts> {
  const [facts] = await connection.query<Omit<SwapFacts, "foreignSessions">>(`
    SELECT current_user AS login, r.rolsuper AS "isSuperuser",
           r.rolsuper OR r.rolcreatedb AS "mayCreateDatabases",
           pg_catalog.pg_has_role(${quoteLiteral(owner)}, 'USAGE') AS "hasOwnersRights",
           ${tablespace === null ? "true" : `pg_catalog.has_tablespace_privilege(${quoteLiteral(tablespace)}, 'CREATE')`} AS "mayUseTablespace",
           ARRAY(SELECT slot_name::text FROM pg_catalog.pg_replication_slots WHERE datoid = ${oid} ORDER BY 1) AS slots,
           ARRAY(SELECT subname::text FROM pg_catalog.pg_subscription WHERE subdbid = ${oid} ORDER BY 1) AS subscriptions,
           ARRAY(SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = d.datname ORDER BY 1) AS "preparedTransactions"
    FROM pg_catalog.pg_roles r, pg_catalog.pg_database d WHERE r.rolname = current_user AND d.oid = ${oid}`);
  const sessions = await readSessions(connection, oid);
  const foreign = sessions.filter((each) => !each.mayEnd && !ours.includes(each.pid));
  return {
    ...facts!,
    foreignSessions: [...new Set(foreign.map(({ role }) => role ?? "an unknown role"))],
  };
}
