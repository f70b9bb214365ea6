/**
 * A template: a database that is made once for all processes that use the same contents on a server, and that stays there
 * for later runs. A process that uses one holds an advisory lock; the time until which it is kept is in its comment.
 */
import { isNexushubDumpError, type ServerError } from "../errors.ts";
import { withDatabaseName } from "../sql/conninfo/format.ts";
import { quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import {
  isOrphan,
  keyOfTemplate,
  keptUntil,
  templateComment,
  templateLockKey,
  templateName,
  unfinishedTemplateName,
} from "./database-names.ts";
import { databaseSettings, type SettingRow } from "./database-settings.ts";
import { renameDatabase } from "./rename-database.ts";
import {
  dropDatabase,
  livingOwners,
  type ServerSession,
  testDatabases,
  type TestDatabaseRow,
  withTemplateLock,
} from "./server-session.ts";

export interface Template {
  readonly name: string;
  /** Identifies the contents in the names of its databases. */
  readonly key: string;
  /** For copies, which do not get them by themselves. */
  readonly settings: readonly SettingRow[];
  /** Gives it back, for others to use or drop. */
  release(): Promise<void>;
}

export interface TemplateRequest {
  readonly key: string;
  /** How long it stays when nobody uses it. */
  readonly keepMs: number;
  /** Fills an empty database. */
  readonly fill: (url: string) => Promise<void>;
}

/** Makes the template, unless it exists already. */
export async function openTemplate(
  session: ServerSession,
  { key, keepMs, fill }: TemplateRequest,
): Promise<Template> {
  const lock = templateLockKey(key);
  const name = templateName(key);
  await withTemplateLock(session, async () => {
    await dropLeftovers(session, key);
    // Marks the template as used: a process that wants to drop it needs this lock alone.
    await session.run(`SELECT pg_catalog.pg_advisory_lock_shared(${lock})`);
    if (!(await testDatabases(session)).some((each) => each.name === name))
      await build(session, key, fill);
    await keepFor(session, name, keepMs);
  });
  return {
    name,
    key,
    settings: await databaseSettings(session, name),
    release: () =>
      withTemplateLock(session, async () => {
        await session.run(`SELECT pg_catalog.pg_advisory_unlock_shared(${lock})`);
        // Again: a session that was killed in the middle of a copy still existed when this one began.
        await dropLeftovers(session, undefined);
      }),
  };
}

/** The clock is the server's, which all processes share. */
async function keepFor(session: ServerSession, name: string, keepMs: number): Promise<void> {
  const until = (await serverSeconds(session)) + Math.ceil(keepMs / 1000);
  await session.run(
    `COMMENT ON DATABASE ${quoteIdent(name)} IS ${quoteLiteral(templateComment(until))}`,
  );
}

async function serverSeconds({ run }: ServerSession): Promise<number> {
  const [row] = await run<{ now: number }>(
    "SELECT pg_catalog.date_part('epoch', pg_catalog.clock_timestamp())::pg_catalog.int8::pg_catalog.float8 AS now",
  );
  return row!.now;
}

/**
 * Drops databases of processes that no longer exist, and templates that nobody uses and whose time is over.
 * @param key of the template that is about to be used.
 */
async function dropLeftovers(session: ServerSession, key: string | undefined): Promise<void> {
  const databases = await testDatabases(session);
  if (databases.length === 0) return;
  const living = await livingOwners(session);
  const now = await serverSeconds(session);
  for (const each of databases) {
    const keyOfOther = keyOfTemplate(each.name);
    if (keyOfOther === undefined) {
      if (isOrphan(each.name, living)) await dropDatabase(session, each.name);
    } else if (keyOfOther !== key && keptUntil(each.comment) <= now) {
      await dropUnused(session, each, keyOfOther);
    }
  }
}

async function dropUnused(
  session: ServerSession,
  { name }: TestDatabaseRow,
  key: string,
): Promise<void> {
  const lock = templateLockKey(key);
  const [row] = await session.run<{ free: boolean }>(
    `SELECT pg_catalog.pg_try_advisory_lock(${lock}) AS free`,
  );
  if (!row!.free) return;
  try {
    await dropDatabase(session, name);
  } finally {
    await session.run(`SELECT pg_catalog.pg_advisory_unlock(${lock})`);
  }
}

/** Only a complete template gets its final name. */
async function build(
  session: ServerSession,
  key: string,
  fill: TemplateRequest["fill"],
): Promise<void> {
  const unfinished = unfinishedTemplateName(key, session.owner);
  await session.run(`CREATE DATABASE ${quoteIdent(unfinished)} TEMPLATE template0`);
  try {
    await fill(withDatabaseName(session.url, unfinished));
    // A template to which anybody is connected cannot be copied.
    await session.run(
      `ALTER DATABASE ${quoteIdent(unfinished)} WITH ALLOW_CONNECTIONS false IS_TEMPLATE false CONNECTION LIMIT -1`,
    );
    await session.run(
      `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
       WHERE datname = ${quoteLiteral(unfinished)} AND backend_type = 'client backend'`,
    );
    await renameDatabase(session.run, unfinished, templateName(key));
  } catch (error) {
    await dropDatabase(session, unfinished);
    if (!isAlreadyThere(error)) throw error;
  }
}

/** Advisory locks are those of one database: a process that connects to another one can make the template meanwhile. */
function isAlreadyThere(error: unknown): boolean {
  return isNexushubDumpError(error) && (error as ServerError).sqlState === "42P04";
}
