/**
 * The only access to files of a packed folder. Folders come from other people too, through version control: links are
 * not followed, and only plain files are read, so that nothing outside the folder is read or written and nothing hangs.
 */
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ArchiveError, OutputError, RefusedError, UsageError } from "../errors.ts";
import { isStoreAddress } from "../store/address.ts";
import { listLeftovers, temporaryName } from "../util/temp-file.ts";
import { DATA_FOLDER, SCHEMA_FOLDER, UNFINISHED_MARKER } from "./layout.ts";
import { systemReason } from "../util/system-reason.ts";

/** The second flag keeps a FIFO from waiting for a writer. Windows has neither flag. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What `open` answers for a link, by system. */
const LINK_CODES: ReadonlySet<string | undefined> = new Set(["ELOOP", "EMLINK"]);

/** @throws UsageError only for the address of an object store: it would be taken for the path of a folder here. */
export function requireLocalFolder(folder: string): void {
  if (!isStoreAddress(folder)) return;
  throw new UsageError("a packed folder is for version control, which needs it on this machine", {
    object: folder,
    hint: "an object store keeps the archive itself: pack it into a folder here, or unpack one into it",
  });
}

/**
 * Opens a file of the folder.
 * @param name relative to the folder, made by layout.ts.
 * @throws ArchiveError naming the file, only when it is missing, unreadable, or not a plain file.
 */
export async function openPlainFile(folder: string, name: string): Promise<FileHandle> {
  await requireFolders(folder);
  let file: FileHandle;
  try {
    file = await open(join(folder, name), READ_FLAGS);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      throw new ArchiveError(`${folder} is not a complete packed archive: it lacks ${name}`, {
        object: name,
        cause,
      });
    }
    throw unreadable(
      folder,
      name,
      LINK_CODES.has(code) ? "it is a link" : systemReason(cause),
      cause,
    );
  }
  try {
    if ((await file.stat()).isFile()) return file;
  } catch (cause) {
    await file.close();
    throw unreadable(folder, name, systemReason(cause), cause);
  }
  await file.close();
  throw unreadable(folder, name, "it is not a plain file");
}

/** @throws ArchiveError as `openPlainFile` does. */
export async function readPlainText(folder: string, name: string): Promise<string> {
  const file = await openPlainFile(folder, name);
  try {
    return await file.readFile("utf8");
  } catch (cause) {
    throw unreadable(folder, name, systemReason(cause), cause);
  } finally {
    await file.close();
  }
}

/** A file of the folder that cannot be read. */
export function unreadable(
  folder: string,
  name: string,
  why: string,
  cause?: unknown,
): ArchiveError {
  return new ArchiveError(`cannot read ${name} of ${folder}: ${why}`, { object: name, cause });
}

/**
 * Checks that the folders below are not links.
 * @throws RefusedError (TARGET_NOT_EMPTY) only when one is something else than a folder.
 */
export async function requireFolders(folder: string): Promise<void> {
  for (const name of [SCHEMA_FOLDER, DATA_FOLDER]) {
    const stats = await lstat(join(folder, name)).catch(() => undefined);
    if (stats === undefined || stats.isDirectory()) continue;
    throw new RefusedError("TARGET_NOT_EMPTY", `${join(folder, name)} is not a folder`, {
      object: folder,
      hint: "remove it: links are not followed, and nothing outside the folder is read or written",
    });
  }
}

/** Replaces a file: it appears complete, or stays as it was. */
export async function replaceInFolder(
  folder: string,
  name: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const path = join(folder, name);
  const temporary = join(dirname(path), temporaryName(basename(path)));
  // Fails where the name exists, so that nothing is written through a link.
  const file = await open(temporary, "wx");
  try {
    try {
      await write(file);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Whether a pack of this folder was begun and not completed. */
export async function isUnfinished(folder: string): Promise<boolean> {
  const stats = await lstat(join(folder, UNFINISHED_MARKER)).catch(() => undefined);
  return stats !== undefined;
}

/** Marks the folder as unfinished. */
export async function markUnfinished(folder: string): Promise<void> {
  try {
    await writeFile(
      join(folder, UNFINISHED_MARKER),
      "nexushub-dump packs an archive into this folder, or was interrupted.\n",
      { flag: "wx" },
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Marks the folder as complete, and removes what an interrupted process left behind. */
export async function markFinished(folder: string): Promise<void> {
  for (const name of ["", SCHEMA_FOLDER, DATA_FOLDER]) {
    for (const path of await listLeftovers(join(folder, name), { isLocked: false }))
      await rm(path, { force: true });
  }
  await rm(join(folder, UNFINISHED_MARKER), { force: true });
}

/** Names in the folder; empty when it does not exist yet. */
export async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    throw new OutputError(`cannot read ${folder}: ${systemReason(error)}`, {
      object: folder,
      cause: error,
    });
  }
}
