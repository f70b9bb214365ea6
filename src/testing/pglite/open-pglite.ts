/** A PGlite with the contents of an archive, loaded from an image that is made once. */
import { checkCount, checkOptions } from "../../arguments/check-options.ts";
import { describeValue } from "../../arguments/describe-value.ts";
import { throwIfAborted, UsageError } from "../../errors.ts";
import { restore } from "../../restore/restore.ts";
import { fixtureArchive } from "../fixture-archive.ts";
import { readFixtureManifest } from "../fixture-manifest.ts";
import { templateKey } from "../template-key.ts";
import { imageFolder, openImage, removeImage } from "./images.ts";
import { PGLITE_OPTIONS, type PgliteDatabase, type PgliteOptions } from "./options.ts";

const KEEP_IMAGE_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Opens a PGlite that holds an archive, for one test file: call it in each, and `close` what it returns. The first call
 * restores the archive and keeps an image of the database; all others, of every process, load that.
 * @throws UsageError for options that make no sense; OutputError when no image can be kept; what `restore`, `create` and
 *   `prepare` throw; AbortedError.
 */
export async function openPglite<Database extends PgliteDatabase>(
  options: PgliteOptions<Database>,
): Promise<Database> {
  checkCount("openPglite", arguments.length, 1);
  requireOptions(options);
  const { create, images, signal } = options;
  const source = await fixtureArchive(options.archive, signal);
  try {
    const checked = { ...options, archive: source.archive };
    const make = async (): Promise<Blob> => makeImage(checked);
    if (images === false) return requirePglite(await create({ loadDataDir: await make() }));
    const folder = imageFolder(images);
    const key = await imageKey(checked);
    const request = { key, folder, keepMs: options.keepImageMs ?? KEEP_IMAGE_MS, make };
    const image = await openImage(request);
    try {
      return await create({ loadDataDir: image });
    } catch {
      // Damaged, or of another major version of PGlite.
      await removeImage(folder, key);
      return await create({ loadDataDir: await openImage(request) });
    }
  } finally {
    await source.close();
  }
}

function requireOptions(options: unknown): void {
  const { create, prepare, prepareKey } = checkOptions("openPglite", options, PGLITE_OPTIONS);
  // Plain JavaScript can leave it out.
  if ((create as unknown) === undefined) {
    throw new UsageError("openPglite: the option create is missing", {
      object: "create",
      hint: "give (options) => PGlite.create({ ...options })",
    });
  }
  if ((prepare === undefined) === (prepareKey === undefined)) return;
  throw new UsageError("openPglite: prepare and prepareKey belong together", {
    hint: "images stay for later runs: give a text that changes when prepare does something else",
  });
}

/** @throws UsageError only when `create` returned something else. */
function requirePglite<Database extends PgliteDatabase>(database: Database): Database {
  const members: Partial<PgliteDatabase> = database ?? {};
  const { exec, query, dumpDataDir, close } = members;
  if ([exec, query, dumpDataDir, close].every((each) => typeof each === "function"))
    return database;
  throw new UsageError(
    `openPglite: create returned ${describeValue(database).text}, where a PGlite belongs`,
    { object: "create", hint: "give (options) => PGlite.create({ ...options })" },
  );
}

async function imageKey<Database extends PgliteDatabase>({
  archive,
  restore: how,
  prepareKey,
}: PgliteOptions<Database>): Promise<string> {
  return templateKey({
    manifest: archive === undefined ? null : await readFixtureManifest(archive),
    restore: how,
    prepareKey,
    migrations: null,
    isPrepared: prepareKey !== undefined,
    login: "PGlite",
  });
}

async function makeImage<Database extends PgliteDatabase>({
  create,
  archive,
  restore: how,
  prepare,
  signal,
}: PgliteOptions<Database>): Promise<Blob> {
  throwIfAborted(signal, "before the database was created");
  const database = requirePglite(await create({}));
  try {
    if (archive !== undefined) await restore(archive, database, { trusted: true, signal, ...how });
    await prepare?.(database);
    // A database that was not shut down reads its log when it starts.
    await database.exec("CHECKPOINT");
    return await database.dumpDataDir("gzip");
  } finally {
    await database.close();
  }
}
