/**
 * The template of an archive: a database that holds it, created once for all processes that use the same archive on a
 * server, and dropped by the last of them.
 */
import { createHash } from "node:crypto";
import type { Manifest } from "../archive/format/manifest.ts";
import { restore } from "../restore/restore.ts";
import { withDatabaseName } from "../sql/conninfo/format.ts";
import { quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import {
  archiveOfTemplate,
  isOrphan,
  templateLockKey,
  templateName,
  unfinishedTemplateName,
} from "./database-names.ts";
import { databaseSettings, type SettingRow } from "./database-settings.ts";
import type { FixtureOptions } from "./options.ts";
import { renameDatabase } from "./rename-database.ts";
import {
  dropDatabase,
  livingOwners,
  type ServerSession,
  testDatabases,
  withTemplateLock,
} from "./server-session.ts";

export interface Template {
  readonly name: string;
  /** Identifies the archive in the names of its databases. */
  readonly archive: string;
  /** For copies, which do not get them by themselves. */
  readonly settings: readonly SettingRow[];
  /** Drops the template, unless another process uses it. */
  release(): Promise<void>;
}

/** Restores the archive into a template, unless it exists already. */
export async function openTemplate(
  session: ServerSession,
  manifest: Manifest,
  options: FixtureOptions,
): Promise<Template> {
  const archive = identify(manifest, options, session.login);
  const key = templateLockKey(archive);
  await withTemplateLock(session, async () => {
    await dropLeftovers(session);
    // Marks the template as used: a process that wants to drop it needs this lock alone.
    await session.run(`SELECT pg_catalog.pg_advisory_lock_shared(${key})`);
    await build(session, archive, options);
  });
  const name = templateName(archive);
  return {
    name,
    archive,
    settings: await databaseSettings(session, name),
    release: () =>
      withTemplateLock(session, async () => {
        await session.run(`SELECT pg_catalog.pg_advisory_unlock_shared(${key})`);
        // Again: a session that was killed in the middle of a copy still existed when this one began.
        await dropLeftovers(session);
      }),
  };
}

/** 16 hex digits that depend on the archive, how it is restored, and the login: each login owns its template. */
function identify(manifest: Manifest, { restore: how }: FixtureOptions, login: string): string {
  return createHash("sha256")
    .update(JSON.stringify([manifest, how ?? null, login]))
    .digest("hex")
    .slice(0, 16);
}

/** Drops databases of processes that no longer exist, and templates that nobody uses. */
async function dropLeftovers(session: ServerSession): Promise<void> {
  const names = await testDatabases(session);
  if (names.length === 0) return;
  const living = await livingOwners(session);
  for (const name of names) {
    const archive = archiveOfTemplate(name);
    if (archive !== undefined) await dropUnused(session, name, archive);
    else if (isOrphan(name, living)) await dropDatabase(session, name);
  }
}

async function dropUnused(
  session: ServerSession,
  template: string,
  archive: string,
): Promise<void> {
  const key = templateLockKey(archive);
  const [row] = await session.run<{ free: boolean }>(
    `SELECT pg_catalog.pg_try_advisory_lock(${key}) AS free`,
  );
  if (!row!.free) return;
  try {
    await dropDatabase(session, template);
  } finally {
    await session.run(`SELECT pg_catalog.pg_advisory_unlock(${key})`);
  }
}

/** Only a complete template gets its final name. */
async function build(
  session: ServerSession,
  archive: string,
  options: FixtureOptions,
): Promise<void> {
  const template = templateName(archive);
  if ((await testDatabases(session)).includes(template)) return;
  const unfinished = unfinishedTemplateName(archive, session.owner);
  await session.run(`CREATE DATABASE ${quoteIdent(unfinished)} TEMPLATE template0`);
  try {
    await restore(options.archive, withDatabaseName(session.url, unfinished), {
      trusted: true,
      ...options.restore,
    });
    // A template to which anybody is connected cannot be copied.
    await session.run(
      `ALTER DATABASE ${quoteIdent(unfinished)} WITH ALLOW_CONNECTIONS false IS_TEMPLATE false CONNECTION LIMIT -1`,
    );
    await session.run(
      `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
       WHERE datname = ${quoteLiteral(unfinished)} AND backend_type = 'client backend'`,
    );
    await renameDatabase(session.run, unfinished, template);
  } catch (error) {
    await dropDatabase(session, unfinished);
    throw error;
  }
}
