/**
 * The one way for a test to get a PostgreSQL: a fresh database on a server that all test files share.
 * Databases are dropped by the test that made them, and a connection that was left open is then an error.
 */
import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, escapeIdentifier, Pool, type QueryResult, type QueryResultRow } from "pg";
import { inject } from "vitest";
import type { ServerFacts } from "./open-server.ts";
import { withDatabaseName } from "../../src/sql/conninfo/format.ts";

/** All majors that the project supports, for suites that loop. */
export const MAJORS: readonly number[] = [13, 14, 15, 16, 17, 18];

/** How long a connection may take to disappear after its client has ended. */
const LEAK_GRACE_MS = 2_000;

export interface TestServer extends ServerFacts {
  /** A connection string for one of its databases. */
  urlOf(database: string): string;
  /** Runs one statement in the maintenance database, on a connection of its own. */
  admin(sql: string, values?: unknown[]): Promise<QueryResult>;
  /** The same on a connection that is kept: for statements that leave no trace in a session. */
  readonly kept: Pool;
}

export interface DatabaseOptions {
  /** Default: PGVERSION, else 16; with TEST_DATABASE_URL that server's. */
  readonly major?: number | undefined;
  /** Another server than the shared one, such as `await secondCluster()`. */
  readonly server?: TestServer | undefined;
  /** The database to copy; default `template0`, the empty one. */
  readonly template?: string | undefined;
  /** Such as `LATIN1`; only with the empty template. */
  readonly encoding?: string | undefined;
}

export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  readonly server: TestServer;
  /** A connected client; `drop()` ends those that the test did not end. */
  client(): Promise<Client>;
  /** Runs statements on a connection of its own, and returns the rows of the last one. */
  query<Row extends QueryResultRow = QueryResultRow>(
    sql: string,
    values?: unknown[],
  ): Promise<Row[]>;
  /**
   * Drops the database.
   * @throws Error when somebody is still connected who did not come from `client()`.
   */
  drop(): Promise<void>;
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: "test" });
  await client.connect();
  return client;
}

async function run<Row extends QueryResultRow>(
  url: string,
  sql: string,
  values?: unknown[],
): Promise<QueryResult<Row>> {
  const client = await connected(url);
  try {
    const result = await client.query<Row>(sql, values);
    // Several statements in one string give several results.
    return (Array.isArray(result) ? result.at(-1) : result) as QueryResult<Row>;
  } finally {
    await client.end();
  }
}

/** A new session reads catalogs for longer than it takes to create a database. */
function keptConnections(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: "test",
    max: 2,
    idleTimeoutMillis: 1000,
    allowExitOnIdle: true,
  });
  // The server of a test may end before the connection does.
  pool.on("error", () => {});
  return pool;
}

const known = new Map<string, Promise<TestServer>>();

async function ask(path: string): Promise<TestServer> {
  const response = await fetch(`${inject("serverDesk")}${path}`);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  const facts = JSON.parse(text) as ServerFacts;
  return {
    ...facts,
    urlOf: (database) => withDatabaseName(facts.url, database),
    admin: (sql, values) => run(facts.url, sql, values),
    kept: keptConnections(facts.url),
  };
}

function server(cluster: string, major: number | undefined): Promise<TestServer> {
  const path = `/${cluster}/${major ?? ""}`;
  const found = known.get(path) ?? ask(path);
  known.set(path, found);
  return found;
}

/** The shared server of a major, started when it is first asked for. */
export function serverFor(major?: number): Promise<TestServer> {
  return server("main", major);
}

/** A second cluster, of the shared server's major unless said otherwise, for tests of what a whole cluster shares. */
export async function secondCluster(major?: number): Promise<TestServer> {
  return server("second", major ?? (await serverFor()).major);
}

/** The connections to a database that are not ours, as text; waits a moment for those that are about to end. */
async function strangers(on: TestServer, name: string): Promise<string[]> {
  const deadline = Date.now() + LEAK_GRACE_MS;
  for (;;) {
    const { rows } = await on.kept.query(
      `SELECT format('%s (pid %s, %s): %s', application_name, pid, state, query) AS who
         FROM pg_stat_activity
        WHERE datname = $1 AND backend_type = 'client backend'`,
      [name],
    );
    if (rows.length === 0 || Date.now() > deadline) {
      return rows.map((row) => String((row as { who: unknown }).who));
    }
    await sleep(20);
  }
}

/** A new database of the test's own. End with `drop()`, or use `withDatabase`. */
export async function freshDatabase(options: DatabaseOptions = {}): Promise<TestDatabase> {
  const on = options.server ?? (await serverFor(options.major));
  const name = `${on.prefix}${randomBytes(6).toString("hex")}`;
  // A given server's own locale may be of another encoding.
  const encoding =
    options.encoding === undefined ? "" : ` ENCODING '${options.encoding}' LOCALE 'C'`;
  const template = escapeIdentifier(options.template ?? "template0");
  // Without fsync a copy of the files takes a third of the processor's time that a copy through the WAL takes.
  const strategy = on.major >= 15 ? " STRATEGY file_copy" : "";
  await on.kept.query(
    `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${template}${encoding}${strategy}`,
  );

  const url = on.urlOf(name);
  const clients: Client[] = [];
  return {
    url,
    name,
    server: on,
    async client() {
      const client = await connected(url);
      // A test may kill its backend; what it awaits then fails, this event is one too many.
      client.on("error", () => {});
      clients.push(client);
      return client;
    },
    query: async <Row extends QueryResultRow>(sql: string, values?: unknown[]) =>
      (await run<Row>(url, sql, values)).rows,
    async drop() {
      await Promise.allSettled(clients.map((client) => client.end()));
      const left = await strangers(on, name);
      await on.kept.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
      if (left.length > 0) throw new Error(`connections were left open:\n${left.join("\n")}`);
    },
  };
}

/** Runs a test body with a database of its own, and drops it whatever happens. */
export async function withDatabase<Result>(
  body: (database: TestDatabase) => Promise<Result>,
  options?: DatabaseOptions,
): Promise<Result> {
  const database = await freshDatabase(options);
  let result: Result;
  try {
    result = await body(database);
  } catch (error) {
    await database.drop().catch(() => {}); // the body's own error is the one to show
    throw error;
  }
  await database.drop();
  return result;
}

/**
 * A database to clone from, built once for the whole run however many files ask: pass the returned name as
 * `template`. The name must stand for what `build` does.
 */
export async function templateDatabase(
  name: string,
  build: (url: string) => Promise<void>,
  options: Pick<DatabaseOptions, "major" | "server"> = {},
): Promise<string> {
  const on = options.server ?? (await serverFor(options.major));
  const full = `${on.prefix}template_${name}`;
  const lock = createHash("sha256").update(full).digest().readInt32BE();
  const client = await connected(on.url);
  try {
    await client.query("SELECT pg_advisory_lock($1)", [lock]);
    const done = await client.query("SELECT FROM pg_database WHERE datname = $1", [full]);
    if (done.rowCount !== 0) return full;
    const raw = escapeIdentifier(`${full}_raw`);
    await client.query(`DROP DATABASE IF EXISTS ${raw} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${raw} TEMPLATE template0`);
    await build(on.urlOf(`${full}_raw`));
    // Only a template that is complete has its final name. Clients take a moment to disappear.
    await strangers(on, `${full}_raw`);
    await client.query(`ALTER DATABASE ${raw} RENAME TO ${escapeIdentifier(full)}`);
    return full;
  } finally {
    await client.end();
  }
}
