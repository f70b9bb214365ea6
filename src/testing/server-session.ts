/**
 * The session of one process on the server of its test databases. The process is identified to others by it, so
 * whatever happens to the process, the end of the session says that its databases can be dropped.
 */
import { createHash } from "node:crypto";
import { serverVersion } from "../catalog/version.ts";
import { throwIfAborted } from "../errors.ts";
import { connect } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { quoteIdent } from "../sql/ident.ts";
import { OUR_NAMES, type Owner } from "./database-names.ts";
import { quoteLiteral } from "../sql/literal.ts";

export interface ServerSession {
  readonly url: string;
  readonly owner: Owner;
  readonly major: number;
  /** The role that logged in. */
  readonly login: string;
  /** Runs a statement after those that were given before: a session runs one at a time. */
  readonly run: <Row>(sql: string) => Promise<Row[]>;
  close(): Promise<void>;
}

/** `pg_stat_activity.backend_start` as `Owner.started`. */
const STARTED = "(pg_catalog.date_part('epoch', backend_start) * 1000000)::pg_catalog.int8";

/**
 * The session lives as long as the fixture, however long its tests take. Since 18 the kernel can copy a template's files,
 * which is much less work on every file system.
 */
const SESSION_SETTINGS = `
  SELECT pg_catalog.set_config(name, CASE name WHEN 'file_copy_method' THEN 'clone' ELSE '0' END, false)
  FROM pg_catalog.pg_settings
  WHERE name IN ('idle_session_timeout', 'lock_timeout') OR name = 'file_copy_method' AND 'clone' = ANY (enumvals)`;

export async function openServerSession(url: string, signal?: AbortSignal): Promise<ServerSession> {
  throwIfAborted(signal, "before connecting");
  // Without the signal: the session lasts as long as the fixture.
  const { connection } = await connect(url);
  try {
    const [facts] = await connection.query<Owner & { num: string; login: string }>(`
      SELECT pid, session_user::pg_catalog.text AS login, ${STARTED} AS started,
             pg_catalog.current_setting('server_version_num') AS num
      FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()`);
    const { num, login, ...owner } = facts!;
    await connection.query(SESSION_SETTINGS);
    return {
      url,
      owner,
      major: serverVersion(Number(num)).major,
      login,
      run: oneByOne(connection),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function oneByOne(connection: Connection): ServerSession["run"] {
  let last: Promise<unknown> = Promise.resolve();
  return <Row>(sql: string) => {
    const run = (): Promise<Row[]> => connection.query<Row>(sql);
    const result = last.then(run, run);
    last = result;
    return result;
  };
}

/** Sessions that exist now. */
export function livingOwners({ run }: ServerSession): Promise<Owner[]> {
  return run<Owner>(`
    SELECT pid, ${STARTED} AS started FROM pg_catalog.pg_stat_activity WHERE backend_start IS NOT NULL`);
}

export interface TestDatabaseRow {
  readonly name: string;
  readonly comment: string | null;
}

/** Test databases that the login may drop. */
export function testDatabases({ run }: ServerSession): Promise<TestDatabaseRow[]> {
  return run<TestDatabaseRow>(
    `SELECT datname AS name, pg_catalog.shobj_description(oid, 'pg_database') AS comment
     FROM pg_catalog.pg_database
     WHERE datname ~ ${quoteLiteral(OUR_NAMES)} AND pg_catalog.pg_has_role(datdba, 'USAGE')`,
  );
}

/**
 * A session of a pool that was ended goes a moment later. Ended by the server meanwhile, it would report an error that
 * nobody listens to any more.
 */
const LEAVING_MS = 500;
const PAUSE_MS = 5;

/** Waits for sessions that are about to leave a database, up to half a second. */
export async function untilEmpty({ run }: ServerSession, name: string): Promise<void> {
  const limit = performance.now() + LEAVING_MS;
  for (;;) {
    const [row] = await run<{ busy: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_activity
         WHERE datname = ${quoteLiteral(name)} AND backend_type = 'client backend') AS busy`,
    );
    if (!row!.busy || performance.now() > limit) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Drops a database, whoever is connected to it and stays. */
export async function dropDatabase(session: ServerSession, name: string): Promise<void> {
  await untilEmpty(session, name);
  const [row] = await session.run<{ isTemplate: boolean }>(
    `SELECT datistemplate AS "isTemplate" FROM pg_catalog.pg_database WHERE datname = ${quoteLiteral(name)}`,
  );
  // An archive can say so of its database, and such a one cannot be dropped.
  if (row?.isTemplate === true)
    await session.run(`ALTER DATABASE ${quoteIdent(name)} IS_TEMPLATE false`);
  await session.run(`DROP DATABASE IF EXISTS ${quoteIdent(name)} WITH (FORCE)`);
}

/** Lets one process at a time create or drop templates. The lock ends with the session at the latest. */
export async function withTemplateLock(
  { run }: ServerSession,
  body: () => Promise<void>,
): Promise<void> {
  const key = createHash("sha256").update("nexushub-dump testing build").digest().readInt32BE();
  await run(`SELECT pg_catalog.pg_advisory_lock(${key}, 0)`);
  try {
    await body();
  } finally {
    await run(`SELECT pg_catalog.pg_advisory_unlock(${key}, 0)`);
  }
}
