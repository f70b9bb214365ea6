/**
 * Databases for tests, copied from a template that holds an archive. The template is made once for all processes that
 * use the same archive on a server, and dropped by the last; a copy belongs to the process that made it. A process is
 * known to the server by one session, so that nothing of a killed one stays for longer than until the next begins.
 */
import { createHash, randomBytes } from "node:crypto";
import { openArchive } from "../archive/reader.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import { serverVersion } from "../catalog/version.ts";
import { connect } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { restore } from "../restore/restore.ts";
import { selectFromArchive } from "../restore/decide/selection.ts";
import { quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { createDatabase } from "./fixture-database.ts";
import {
  buildingName,
  copyName,
  isOrphan,
  KEPT_PREFIX,
  lockKey,
  type Owner,
  OURS,
  templateName,
  templateOf,
} from "./database-names.ts";
import { renameDatabase } from "./rename-database.ts";
import type { Fixture, FixtureDatabase, FixtureOptions, FixtureServer } from "./options.ts";
import { withDatabaseName } from "../sql/conninfo/format.ts";

/** `STRATEGY` came with 15. */
const STRATEGY_SINCE = 15;

/**
 * Makes ready to copy an archive's database: for vitest, jest and node:test alike. Call it in each test file, or once a
 * worker, and `close` it at the end.
 * @throws what `restore` throws; ServerError when the login may not create databases.
 */
export async function openFixture(options: FixtureOptions): Promise<Fixture> {
  const url = urlOf(options.server);
  const { connection } = await connect(url);
  try {
    return await prepare(options, url, connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function urlOf(server: FixtureServer): string {
  if (typeof server === "string") return server;
  return "url" in server ? server.url : server.getConnectionUri();
}

async function prepare(
  options: FixtureOptions,
  url: string,
  connection: Connection,
): Promise<Fixture> {
  const reader = await openArchive(options.archive);
  const { manifest } = reader;
  await reader.close();
  const [facts] = await connection.query<Owner & { num: string; login: string }>(`
    SELECT pid, session_user::pg_catalog.text AS login, (pg_catalog.date_part('epoch', backend_start) * 1000000)::pg_catalog.int8 AS started,
           pg_catalog.current_setting('server_version_num') AS num
    FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()`);
  const owner: Owner = facts!;
  const archive = identify(manifest, options, facts!.login);
  const { major } = serverVersion(Number(facts!.num));
  const strategy =
    options.strategy ?? (major >= STRATEGY_SINCE ? ("FILE_COPY" as const) : ("server" as const));

  // Since 18 the kernel can copy a template's files: much less work, on every file system.
  await connection.query(`
    SELECT pg_catalog.set_config(name, 'clone', false) FROM pg_catalog.pg_settings
    WHERE name = 'file_copy_method' AND 'clone' = ANY (enumvals)`);

  const queue = inTurn();
  const run = <Row>(sql: string): Promise<Row[]> => queue(() => connection.query<Row>(sql));
  await withLock(connection, "build", async () => {
    await sweep(connection);
    // From here on the template is used: whoever wants to drop it asks for the lock alone.
    await connection.query(`SELECT pg_catalog.pg_advisory_lock_shared(${lockKey(archive)})`);
    await build(options, connection, url, archive, owner);
  });

  const held =
    options.restore?.schemaOnly === true ? undefined : selectFromArchive(manifest, all(options));
  const template = templateName(archive);
  const how =
    strategy === "server" ? "" : ` STRATEGY ${strategy === "FILE_COPY" ? "file_copy" : "wal_log"}`;
  const open = new Set<FixtureDatabase>();
  const say = options.onMessage ?? ((text: string) => void process.stderr.write(`${text}\n`));
  let number = 0;
  let closed: Promise<void> | undefined;

  async function database(): Promise<FixtureDatabase> {
    const name = copyName(archive, owner, ++number);
    const [row] = await run<{ mark: string }>(
      "SELECT pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot()) AS mark",
    );
    await run(`CREATE DATABASE ${quoteIdent(name)} TEMPLATE ${quoteIdent(template)}${how}`);
    const made = createDatabase({
      name,
      url: withDatabaseName(url, name),
      archive: options.archive,
      held,
      mark: row!.mark,
      run,
      onGone: () => void open.delete(made),
      keptName: () => `${KEPT_PREFIX}${randomBytes(6).toString("hex")}`,
    });
    open.add(made);
    return made;
  }

  async function use<Result>(
    body: (database: FixtureDatabase) => Promise<Result>,
  ): Promise<Result> {
    const one = await database();
    try {
      return await body(one);
    } catch (error) {
      if (options.keepOnFailure ?? (process.env["NEXUSHUB_DUMP_KEEP"] ?? "") !== "")
        say(`the test's database was kept: ${await one.keep()}`);
      throw error;
    } finally {
      await one.drop();
    }
  }

  async function shut(): Promise<void> {
    try {
      for (const one of open) await one.drop();
      await withLock(connection, "build", async () => {
        await connection.query(`SELECT pg_catalog.pg_advisory_unlock_shared(${lockKey(archive)})`);
        // Once more: a session that was killed in the middle of a copy seemed alive when this one began.
        await sweep(connection);
      });
    } finally {
      await connection.close();
    }
  }

  const close = (): Promise<void> => (closed ??= shut());
  return { database, use, close, [Symbol.asyncDispose]: close };
}

/** What a restore takes that leaves nothing out but what the options do. */
function all({ restore: how }: FixtureOptions): Parameters<typeof selectFromArchive>[1] {
  return {
    schemaOnly: false,
    dataOnly: true,
    owner: false,
    privileges: false,
    tables: how?.tables ?? [],
    searchPath: ["public"],
  };
}

/** 16 hex digits that differ when the archive, how it is restored, or the login does: each login owns its template. */
function identify(manifest: Manifest, { restore: how }: FixtureOptions, login: string): string {
  return createHash("sha256")
    .update(JSON.stringify([manifest, how ?? null, login]))
    .digest("hex")
    .slice(0, 16);
}

/** One statement at a time: a session cannot do more. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}

/** Only one process at a time makes or drops templates. The lock goes with the session, whatever happens to it. */
async function withLock(
  connection: Connection,
  purpose: string,
  body: () => Promise<void>,
): Promise<void> {
  const key = createHash("sha256")
    .update(`nexushub-dump testing ${purpose}`)
    .digest()
    .readInt32BE();
  await connection.query(`SELECT pg_catalog.pg_advisory_lock(${key}, 0)`);
  try {
    await body();
  } finally {
    await connection.query(`SELECT pg_catalog.pg_advisory_unlock(${key}, 0)`);
  }
}

async function ourDatabases(connection: Connection): Promise<string[]> {
  const rows = await connection.query<{ name: string }>(
    `SELECT datname AS name FROM pg_catalog.pg_database
     WHERE datname ~ ${quoteLiteral(OURS)} AND pg_catalog.pg_has_role(datdba, 'USAGE')`,
  );
  return rows.map(({ name }) => name);
}

/** Drops what processes that are gone have left. */
async function sweep(connection: Connection): Promise<void> {
  const names = await ourDatabases(connection);
  if (names.length === 0) return;
  const living = await connection.query<Owner>(`
    SELECT pid, (pg_catalog.date_part('epoch', backend_start) * 1000000)::pg_catalog.int8 AS started
    FROM pg_catalog.pg_stat_activity WHERE backend_start IS NOT NULL`);
  for (const name of names) {
    const archive = templateOf(name);
    if (archive !== undefined) await dropUnused(connection, name, archive);
    else if (isOrphan(name, living)) await drop(connection, name);
  }
}

async function dropUnused(
  connection: Connection,
  template: string,
  archive: string,
): Promise<void> {
  const key = lockKey(archive);
  const [row] = await connection.query<{ free: boolean }>(
    `SELECT pg_catalog.pg_try_advisory_lock(${key}) AS free`,
  );
  if (!row!.free) return;
  try {
    await drop(connection, template);
  } finally {
    await connection.query(`SELECT pg_catalog.pg_advisory_unlock(${key})`);
  }
}

async function drop(connection: Connection, name: string): Promise<void> {
  await connection.query(`DROP DATABASE IF EXISTS ${quoteIdent(name)} WITH (FORCE)`);
}

/** Restores the archive into the template unless it is there. Only a template that is complete has its final name. */
async function build(
  options: FixtureOptions,
  connection: Connection,
  url: string,
  archive: string,
  owner: Owner,
): Promise<void> {
  const template = templateName(archive);
  if ((await ourDatabases(connection)).includes(template)) return;
  const building = buildingName(archive, owner);
  await connection.query(`CREATE DATABASE ${quoteIdent(building)} TEMPLATE template0`);
  try {
    await restore(options.archive, withDatabaseName(url, building), {
      ...options.restore,
    });
    // Nobody may connect to it: a template that is in use cannot be copied.
    await connection.query(`ALTER DATABASE ${quoteIdent(building)} WITH ALLOW_CONNECTIONS false`);
    await connection.query(
      `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
       WHERE datname = ${quoteLiteral(building)} AND backend_type = 'client backend'`,
    );
    await renameDatabase((sql) => connection.query(sql), building, template);
  } catch (error) {
    await drop(connection, building);
    throw error;
  }
}
