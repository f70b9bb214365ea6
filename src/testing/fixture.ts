/** Databases for tests, copied from a template that holds an archive. A copy belongs to the process that creates it. */
import { openArchive } from "../archive/reader.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import { restoreSettings } from "../restore/defaults.ts";
import { selectFromArchive } from "../restore/decide/selection.ts";
import { withDatabaseName } from "../sql/conninfo/format.ts";
import { quoteIdent } from "../sql/ident.ts";
import { copyName } from "./database-names.ts";
import { createDatabase, type RestoredContents } from "./fixture-database.ts";
import { settingStatements } from "./database-settings.ts";
import type { Fixture, FixtureDatabase, FixtureOptions, FixtureServer } from "./options.ts";
import { openServerSession, type ServerSession } from "./server-session.ts";
import { openTemplate, type Template } from "./template.ts";

/** The first major with `STRATEGY`. */
const STRATEGY_SINCE = 15;

/**
 * Prepares copies of an archive's database, for vitest, jest and node:test alike. Call it in each test file, or once per
 * worker, and `close` it at the end.
 * @throws what `restore` throws; ServerError when the login may not create databases.
 */
export async function openFixture(options: FixtureOptions): Promise<Fixture> {
  const session = await openServerSession(urlOf(options.server));
  try {
    const manifest = await readManifest(options);
    const template = await openTemplate(session, manifest, options);
    return createFixture(session, template, restoredContents(manifest, options), options);
  } catch (error) {
    await session.close();
    throw error;
  }
}

function urlOf(server: FixtureServer): string {
  if (typeof server === "string") return server;
  return "url" in server ? server.url : server.getConnectionUri();
}

async function readManifest({ archive }: FixtureOptions): Promise<Manifest> {
  const reader = await openArchive(archive, { rows: false });
  await reader.close();
  return reader.manifest;
}

/** Tables and sequences whose contents the template has; undefined when it has no rows. */
function restoredContents(
  manifest: Manifest,
  { restore = {} }: FixtureOptions,
): RestoredContents | undefined {
  if (restore.schemaOnly === true) return undefined;
  return selectFromArchive(
    manifest,
    restoreSettings({ dataOnly: true, tables: restore.tables ?? [] }),
  );
}

function createFixture(
  session: ServerSession,
  template: Template,
  contents: RestoredContents | undefined,
  options: FixtureOptions,
): Fixture {
  const open = new Set<FixtureDatabase>();
  let count = 0;
  let closed: Promise<void> | undefined;

  async function database(): Promise<FixtureDatabase> {
    const name = copyName(template.archive, session.owner, ++count);
    const [row] = await session.run<{ mark: string }>(
      "SELECT pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot()) AS mark",
    );
    await session.run(
      `CREATE DATABASE ${quoteIdent(name)} TEMPLATE ${quoteIdent(template.name)}${strategyClause(session, options)}`,
    );
    const settings = settingStatements(name, template.settings);
    if (settings.length > 0) await session.run(settings.join("; "));
    const copy = createDatabase({
      name,
      url: withDatabaseName(session.url, name),
      archive: options.archive,
      contents,
      mark: row!.mark,
      session,
      onGone: () => void open.delete(copy),
    });
    open.add(copy);
    return copy;
  }

  async function use<Result>(
    body: (database: FixtureDatabase) => Promise<Result>,
  ): Promise<Result> {
    const copy = await database();
    let result: Result;
    try {
      result = await body(copy);
    } catch (error) {
      await afterFailure(copy, options);
      throw error;
    }
    await copy.drop();
    return result;
  }

  async function closeAll(): Promise<void> {
    try {
      for (const copy of open) await copy.drop();
      await template.release();
    } finally {
      await session.close();
    }
  }

  const close = (): Promise<void> => (closed ??= closeAll());
  return { database, use, close, [Symbol.asyncDispose]: close };
}

const STRATEGIES = {
  FILE_COPY: " STRATEGY file_copy",
  WAL_LOG: " STRATEGY wal_log",
  server: "",
} as const;

function strategyClause({ major }: ServerSession, options: FixtureOptions): string {
  return STRATEGIES[options.strategy ?? (major >= STRATEGY_SINCE ? "FILE_COPY" : "server")];
}

function keepsOnFailure({ keepOnFailure }: FixtureOptions): boolean {
  return keepOnFailure ?? (process.env["NEXUSHUB_DUMP_KEEP"] ?? "") !== "";
}

/** Never throws: the test's own error is the one that matters. */
async function afterFailure(copy: FixtureDatabase, options: FixtureOptions): Promise<void> {
  try {
    if (keepsOnFailure(options))
      report(options, `the test's database was kept: ${await copy.keep()}`);
    await copy.drop();
  } catch (error) {
    report(options, `the test's database could not be dropped: ${(error as Error).message}`);
  }
}

function report({ onMessage }: FixtureOptions, message: string): void {
  if (onMessage === undefined) process.stderr.write(`${message}\n`);
  else onMessage(message);
}
