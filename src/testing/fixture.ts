/** Databases for tests, copied from a template. A copy belongs to the process that creates it. */
import { checkCount, checkOptions } from "../arguments/check-options.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import { UsageError } from "../errors.ts";
import { restoreSettings } from "../restore/defaults.ts";
import { selectFromArchive } from "../restore/decide/selection.ts";
import { createFixture, type FixtureParts } from "./create-fixture.ts";
import { fixtureArchive } from "./fixture-archive.ts";
import type { RestoredContents } from "./fixture-database.ts";
import { readFixtureManifest } from "./fixture-manifest.ts";
import { readMigrations } from "./migrations/folder.ts";
import { FIXTURE_OPTIONS } from "./option-types.ts";
import type { Fixture, FixtureOptions } from "./options.ts";
import { serverUrl } from "./server-url.ts";
import { openServerSession } from "./server-session.ts";
import { fillTemplate } from "./template-contents.ts";
import { templateKey } from "./template-key.ts";
import { openTemplate } from "./template.ts";

const KEEP_TEMPLATE_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Prepares copies of a database, for vitest, jest and node:test alike. Call it in each test file, or once per worker, and
 * `close` it at the end.
 * @throws UsageError for options that make no sense; what `restore` throws; ServerError when the login may not create
 *   databases, or for a migration; what `prepare` throws; AbortedError.
 */
export async function openFixture(options: FixtureOptions): Promise<Fixture> {
  checkCount("openFixture", arguments.length, 1);
  const { server, ...rest } = requireOptions(options);
  const url = serverUrl(server);
  const source = await fixtureArchive(rest.archive, rest.signal);
  try {
    const fixture = await openOn(url, { ...rest, server, archive: source.archive });
    return await createFixture(fixture, () => source.close());
  } catch (error) {
    await source.close();
    throw error;
  }
}

function requireOptions(options: FixtureOptions): FixtureOptions {
  const checked = checkOptions("openFixture", options, FIXTURE_OPTIONS);
  const { prepare, prepareKey, migrations } = checked;
  if (prepare !== undefined && prepareKey === undefined && migrations === undefined) {
    throw new UsageError("openFixture: prepare needs prepareKey", {
      hint: "templates stay for later runs: give a text that changes when prepare does something else",
    });
  }
  if (prepareKey !== undefined && prepare === undefined)
    throw new UsageError("openFixture: prepareKey is given without prepare");
  return checked;
}

async function openOn(url: string, options: FixtureOptions): Promise<FixtureParts> {
  const { archive, migrations: folder, prepare, prepareKey, restore } = options;
  const manifest = archive === undefined ? null : await readFixtureManifest(archive);
  const migrations = folder === undefined ? null : await readMigrations(folder);
  const session = await openServerSession(url, options.signal);
  try {
    const key = templateKey({
      manifest,
      restore,
      prepareKey,
      migrations: migrations?.digest ?? null,
      isPrepared: prepare !== undefined,
      login: session.login,
    });
    const template = await openTemplate(session, {
      key,
      keepMs: options.keepTemplateMs ?? KEEP_TEMPLATE_MS,
      fill: (target) => fillTemplate(target, options, migrations),
    });
    const isChanged = prepare !== undefined || migrations !== null;
    const contents = isChanged ? undefined : restoredContents(manifest, options);
    return { session, template, contents, options };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Tables and sequences whose contents the template has; undefined when it has no rows. */
function restoredContents(
  manifest: Manifest | null,
  { restore = {}, archive }: FixtureOptions,
): RestoredContents | undefined {
  if (manifest === null || archive === undefined || restore.schemaOnly === true) return undefined;
  const selection = selectFromArchive(
    manifest,
    restoreSettings({ dataOnly: true, tables: restore.tables ?? [] }),
  );
  return { ...selection, archive };
}
