/** Files that appear complete or not at all: written beside their target, synced, and renamed. */
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OutputError } from "../errors.ts";
import { reasonOf } from "./output-error.ts";
import { removeLeftoversOf, temporaryName } from "./temp-file.ts";

export interface AtomicFileOptions {
  /** Permission bits, whatever the process's umask. Default: 0600. */
  readonly mode?: number | undefined;
}

/** Bytes after which the disk is asked to write what it has. */
const SYNC_BYTES = 32 * 1024 * 1024;

/**
 * A file that is written under a temporary name until `commit`. Errors are those of the file system. What killed processes
 * left of the same target is removed.
 */
export class AtomicFile {
  readonly #target: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  #isOpen = true;
  #unsynced = 0;
  /** Resolves when no early sync runs; never rejects. */
  #synced: Promise<void> = Promise.resolve();
  #syncFailure: { readonly error: unknown } | undefined;

  private constructor(target: string, temporary: string, file: FileHandle) {
    this.#target = target;
    this.#temporary = temporary;
    this.#file = file;
  }

  static async create(
    target: string,
    { mode = 0o600 }: AtomicFileOptions = {},
  ): Promise<AtomicFile> {
    await removeLeftoversOf(target);
    const temporary = join(dirname(target), temporaryName(basename(target)));
    const file = await open(temporary, "wx", mode);
    const atomic = new AtomicFile(target, temporary, file);
    try {
      // The umask may have taken away what other accounts need to read the file.
      if ((mode & 0o077) !== 0) await file.chmod(mode);
    } catch (error) {
      await atomic.abort();
      throw error;
    }
    return atomic;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += (await this.#file.write(bytes, at, bytes.length - at)).bytesWritten;
    }
    this.#unsynced += bytes.length;
    if (this.#unsynced >= SYNC_BYTES) this.#syncEarly();
  }

  /** Lets the disk begin, so that little is left to write in the end. A failure is that of `commit`. */
  #syncEarly(): void {
    this.#unsynced = 0;
    this.#synced = this.#synced.then(async () => {
      this.#syncFailure ??= await this.#file.datasync().then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
    });
  }

  /** Replaces the target, durably. After a failure `abort` removes the temporary file. */
  async commit(): Promise<void> {
    await this.#synced;
    // The system reports a failure once: the next sync would know nothing of it.
    if (this.#syncFailure !== undefined) throw this.#syncFailure.error;
    await this.#file.sync();
    await this.#file.close();
    await renameDurably(this.#temporary, this.#target);
    this.#isOpen = false;
  }

  /** Removes what was written; does nothing after `commit`. Never throws. */
  async abort(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#synced;
    await this.#file.close().catch(() => {});
    await rm(this.#temporary, { force: true }).catch(() => {});
  }
}

/** Replaces a small file: a reader sees the old contents or the new. Leaves nothing behind when it throws. */
export async function replaceFile(
  path: string,
  contents: string | Uint8Array,
  mode: number,
): Promise<void> {
  const file = await AtomicFile.create(path, { mode });
  try {
    await file.write(typeof contents === "string" ? Buffer.from(contents) : contents);
    await file.commit();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

/**
 * Renames a synced file so that the new name survives a power loss.
 * @throws OutputError only when the file has its new name, and it is not sure that it keeps it; and what the file system
 *   throws when nothing was renamed.
 */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  try {
    await syncFolder(dirname(to));
  } catch (error) {
    throw new OutputError(
      `${to} is written and complete, but its folder cannot be synced: ${reasonOf(error)}`,
      {
        object: to,
        hint: "see to the disk and do it again: a power loss could bring the earlier file of this name back",
        cause: error,
      },
    );
  }
}

/** Systems that cannot open or sync a folder say so in these ways; PostgreSQL ignores them too (`fsync_fname_ext`). */
const CANNOT_SYNC_FOLDERS: ReadonlySet<string | undefined> = new Set([
  "EACCES",
  "EBADF",
  "EINVAL",
  "EISDIR",
  "EPERM",
]);

/** Makes creations, renames and removals in a folder durable (fsync(2), notes), where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!CANNOT_SYNC_FOLDERS.has((error as NodeJS.ErrnoException).code)) throw error;
  }
}
