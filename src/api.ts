/**
 * The library's functions, each loading what it needs when it is first called: importing the library costs next to
 * nothing, and a program that only inspects archives never loads the driver.
 */
import type { AgeIdentities, AgeRecipients } from "./archive/encryption/age.ts";
import type { ArchiveContents } from "./archive/contents.ts";
import type { ArchiveTarget } from "./archive/storage/sink.ts";
import type { ArchiveOrigin } from "./archive/storage/source.ts";
import type { ArchiveStore } from "./archive/storage/store.ts";
import type { DiffOptions, DiffResult, DiffSide } from "./diff/options.ts";
import type { DrillOptions } from "./drill/drill.ts";
import type { DrillReport } from "./drill/report.ts";
import type { DumpOptions, DumpResult } from "./dump/options.ts";
import type { PackOptions, PackResult } from "./pack/pack.ts";
import type { UnpackOptions, UnpackResult } from "./pack/unpack.ts";
import type { ConnectionSource, OpenClient } from "./pg/connect.ts";
import type { RestoreOptions, RestoreResult } from "./restore/options.ts";
import type { InspectOptions } from "./verify/inspect.ts";
import type { VerifyOptions, VerifyResult } from "./verify/verify.ts";

/**
 * Compares two archives, an archive and a database, or two databases. `a` is before, `b` is after.
 * Memory is bounded; tables that differ and do not fit are spread over temporary files.
 * @throws ArchiveError for damage, and what `dump` throws for a database.
 */
export async function diff(a: DiffSide, b: DiffSide, options?: DiffOptions): Promise<DiffResult> {
  const loaded = await import("./diff/diff.ts");
  return loaded.diff(a, b, options);
}

/**
 * Holds a drill. The archive is read twice, so it cannot be a stream.
 * @throws ConnectionError or ServerError only when no throwaway database is to be had; AbortedError when the signal
 *   fired. The throwaway is removed in any case.
 */
export async function drill(
  archive: string | ArchiveStore,
  options?: DrillOptions,
): Promise<DrillReport> {
  const loaded = await import("./drill/drill.ts");
  return loaded.drill(archive, options);
}

/**
 * Writes one consistent archive of a database. The archive appears at its place only when it is complete.
 * @param source the database: a connection string, which libpq's environment completes, or a configuration of `pg`.
 * @param target where the archive goes: a path, a stream, or a store.
 * @throws UsageError for options that make no sense; ConnectionError, UnsupportedServerError, ServerError for what the
 * server says; UnsupportedObjectError for what cannot be carried; OutputError when the archive cannot be written;
 * AbortedError when the signal fired. Nothing is left behind then.
 */
export async function dump(
  source: ConnectionSource,
  target: ArchiveTarget,
  options?: DumpOptions,
): Promise<DumpResult> {
  const loaded = await import("./dump/dump.ts");
  return loaded.dump(source, target, options);
}

/**
 * Reads the manifest of an archive: a few kilobytes of a file, however large it is.
 * @throws ArchiveError only when the manifest or the trailer is damaged, or it is not an archive of ours.
 */
export async function inspect(
  archive: ArchiveOrigin,
  options?: InspectOptions,
): Promise<ArchiveContents> {
  const loaded = await import("./verify/inspect.ts");
  return loaded.inspect(archive, options);
}

/**
 * The schema as SQL, with the closing semicolons: both sections, in creation order.
 * @throws ArchiveError as `inspect` does.
 */
export async function inspectSql(
  archive: ArchiveOrigin,
  options?: InspectOptions,
): Promise<string> {
  const loaded = await import("./verify/inspect.ts");
  return loaded.inspectSql(archive, options);
}

/**
 * Writes an archive's contents into a folder: a new one, an empty one, or one that an earlier `pack` wrote. Rows of a
 * reproducible archive keep their order; others are sorted, so that two packs of the same contents are equal files.
 * @throws RefusedError (TARGET_NOT_EMPTY) only when the folder holds something else; ArchiveError for damage.
 */
export async function pack(
  archive: ArchiveOrigin,
  folder: string,
  options?: PackOptions,
): Promise<PackResult> {
  const loaded = await import("./pack/pack.ts");
  return loaded.pack(archive, folder, options);
}

/**
 * Restores an archive in one transaction: schema, rows, indexes, constraints, sequences and checks, then COMMIT.
 * Whatever fails, the target stays as it was.
 * @param archive a path, a stream, or a store.
 * @param target the database: a connection string, which libpq's environment completes; a configuration of `pg`; or an
 * open client of `pg` inside a transaction that the caller begins and ends.
 * @throws ArchiveError for damage, RefusedError when the target is not fit and nothing was done, ServerError naming the
 * object and statement, MismatchError when counts differ, AbortedError when the signal fired.
 */
export async function restore(
  archive: ArchiveOrigin,
  target: ConnectionSource | OpenClient,
  options?: RestoreOptions,
): Promise<RestoreResult> {
  const loaded = await import("./restore/restore.ts");
  return loaded.restore(archive, target, options);
}

/**
 * Writes the archive of a folder. From the folder of a reproducible archive that nobody changed comes the same archive,
 * byte for byte.
 * @throws UsageError when files contradict the manifest, ArchiveError when one is missing or no such file.
 */
export async function unpack(
  folder: string,
  target: ArchiveTarget,
  options?: UnpackOptions,
): Promise<UnpackResult> {
  const loaded = await import("./pack/unpack.ts");
  return loaded.unpack(folder, target, options);
}

/**
 * Proves every byte of an archive: checksums of what is stored and of the rows, their number, sizes and headers.
 * @throws ArchiveError only when something is damaged; the message names every damaged entry.
 */
export async function verify(
  archive: ArchiveOrigin,
  options?: VerifyOptions,
): Promise<VerifyResult> {
  const loaded = await import("./verify/verify.ts");
  return loaded.verify(archive, options);
}

/**
 * A place for an archive that is encrypted on its way there. After `create` and `commit`, `open` reads a path or store
 * back without any identity, with the key that this object made: so what was written can be verified where it was made.
 */
export function encryptArchive(target: ArchiveTarget, options: AgeRecipients): ArchiveStore {
  return later(async () =>
    (await import("./archive/encryption/age.ts")).encryptArchive(target, options),
  );
}

/**
 * An archive that may be encrypted. One that is not is read as it is, so that a command can take both.
 * @throws (on open) RefusedError (KEY_MISMATCH) only when none of the identities opens it.
 */
export function decryptArchive(origin: ArchiveOrigin, options: AgeIdentities): ArchiveStore {
  return later(async () =>
    (await import("./archive/encryption/age.ts")).decryptArchive(origin, options),
  );
}

/** A store that is made when it is first used. */
function later(make: () => Promise<ArchiveStore>): ArchiveStore {
  let made: Promise<ArchiveStore> | undefined;
  const store = (): Promise<ArchiveStore> => (made ??= make());
  return {
    create: async () => (await store()).create(),
    open: async () => (await store()).open(),
  };
}
