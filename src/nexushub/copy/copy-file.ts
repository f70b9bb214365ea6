/**
 * Copies one archive into a folder, byte for byte. It is verified by its own checksums, and the copy is read back and compared,
 * before it is in the folder's list of backups; in a folder of this machine also before it has its name.
 */
import { openSink } from "../../archive/storage/sink.ts";
import { openSource } from "../../archive/storage/source.ts";
import type { ArchiveSource } from "../../archive/storage/store.ts";
import { failureOf, MismatchError, OutputError } from "../../errors.ts";
import { isStoreAddress } from "../../store/address.ts";
import { existsError } from "../../store/exists-error.ts";
import type { ArchiveDraft } from "../../store/folder.ts";
import { formatBytes } from "../../util/format.ts";
import { outputError } from "../../util/output-error.ts";
import { requireHeld } from "../backup-folder/writing-lock.ts";
import type { ArchiveFacts } from "../retention/register.ts";
import type { CopyOptions } from "./options.ts";
import type { TargetFolder } from "./target-folder.ts";
import { readAll } from "./transfer.ts";
import { type KnownArchive, verifyContents } from "./verify-contents.ts";

/** An archive to copy. */
export interface ArchiveToCopy extends KnownArchive {
  /** The name of the copy. */
  readonly name: string;
}

/** What an archive says of itself; null when it is encrypted, and only its bytes were compared. */
export type CopiedContents = ArchiveFacts | null;

/** A copy that was verified. */
export interface VerifiedCopy {
  readonly contents: CopiedContents;
  readonly archiveBytes: number;
}

/**
 * @param announce called with the verified copy, and where it is to be read, before it gets its name; in object stores it
 *   has it by then.
 * @throws what reading, writing and verifying throw; MismatchError when the copy differs; NexushubDumpError (BUSY) when another
 *   run took over the folder. Then there is no copy.
 */
export async function copyFile(
  target: TargetFolder,
  archive: ArchiveToCopy,
  options: CopyOptions,
  announce: (copy: VerifiedCopy, path: string) => Promise<void>,
): Promise<VerifiedCopy> {
  const { folder, lock } = target;
  const { path, name } = archive;
  const copyPath = folder.addressOf(name);
  const draft = await folder.draft(name);
  // A store is read over a network: the side that is near is read twice.
  const isSourceFar = isStoreAddress(path) && typeof draft.target === "string";
  try {
    // Before anything is written that an object lock would keep.
    const early = isSourceFar ? null : await verifyContents(archive, options);
    const { sha256, archiveBytes } = await transfer(target, archive, draft, options);
    const readBack = await digestOf(draft.target, options);
    if (readBack !== sha256) throw differs(copyPath, path);
    const copy = { ...archive, base: null, path: draft.target as string };
    const contents = isSourceFar ? await verifyContents(copy, options) : early;
    await requireHeld(lock, folder.address, "run");
    const verified = { contents, archiveBytes };
    await announce(verified, typeof draft.target === "string" ? draft.target : copyPath);
    await draft.publish(name);
    return verified;
  } catch (error) {
    await draft.discard();
    throw failureOf(outputError(error, copyPath), options.signal, "while copying");
  }
}

async function transfer(
  { folder }: TargetFolder,
  { path, name }: ArchiveToCopy,
  draft: ArchiveDraft,
  options: CopyOptions,
): Promise<{ readonly sha256: string; readonly archiveBytes: number }> {
  const { signal } = options;
  const source = await openSource(path, signal);
  try {
    const free = await folder.freeBytes();
    if (free !== null && free < source.size) throw noSpace(folder.addressOf(name), source, free);
    const sink = await openSink(draft.target);
    // A request that is being repeated does not wait for its end.
    const stop = (): void => void sink.abort();
    signal?.addEventListener("abort", stop);
    try {
      const onBytes = reporter(name, source.size, options);
      const sha256 = await readAll(source, { signal, onBytes }, (bytes, from) =>
        sink.write(bytes, from),
      );
      await sink.commit();
      return { sha256, archiveBytes: source.size };
    } catch (error) {
      await sink.abort();
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  } finally {
    await source.close();
  }
}

/** The digest of an archive's bytes as they are stored. */
export async function digestOf(
  archive: ArchiveDraft["target"],
  { signal }: CopyOptions,
): Promise<string> {
  const source = await openSource(archive, signal);
  try {
    return await readAll(source, { signal });
  } finally {
    await source.close();
  }
}

const REPORT_EVERY_MS = 100;

function reporter(
  archive: string,
  totalBytes: number,
  { onProgress }: CopyOptions,
): (bytes: number) => void {
  let reported = 0;
  return (bytes) => {
    const now = performance.now();
    if (bytes < totalBytes && now - reported < REPORT_EVERY_MS) return;
    reported = now;
    onProgress?.({ type: "transfer", archive, bytes, totalBytes });
  };
}

function noSpace(path: string, { size }: ArchiveSource, free: number): OutputError {
  return new OutputError(
    `cannot write ${path}: it needs ${formatBytes(size)}, and ${formatBytes(free)} are free`,
    { object: path, hint: "free some space, or copy into another folder" },
  );
}

export function differs(copy: string, original: string): MismatchError {
  return new MismatchError(
    `${copy} differs from ${original}: the bytes were damaged on their way`,
    {
      object: copy,
      hint: "try again; if it happens again, look for the cause in the disk, the memory or the network",
    },
  );
}

/** @throws OutputError when the folder has a file of the name. */
export async function refuseExisting({ folder }: TargetFolder, name: string): Promise<void> {
  const exists = (await folder.list()).some((file) => file.name === name);
  if (exists) throw existsError(folder.addressOf(name), "file");
}
