/** A folder of this machine. */
import {
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  statfs,
  unlink,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { OutputError } from "../../errors.ts";
import { replaceFile, syncFolder } from "../../util/atomic-file.ts";
import { folderError, outputError, removalError } from "../../util/output-error.ts";
import { finalName, listLeftovers, temporaryName } from "../../util/temp-file.ts";
import type {
  ArchiveDraft,
  ArchiveFolder,
  FolderFile,
  HeldBy,
  Lock,
  LockOptions,
} from "../folder.ts";
import { existsError } from "../exists-error.ts";
import { describeThisProcess, judgeLock, LOCK_NAME } from "../lock-record.ts";
import { readChain, removeChain, takeLock } from "./lock.ts";

/** What the file system refuses is an OutputError, but for `readText`, whose errors are those of the file system. */
export class LocalFolder implements ArchiveFolder {
  readonly address: string;

  constructor(path: string) {
    this.address = path;
  }

  addressOf(name: string): string {
    return join(this.address, name);
  }

  async create(): Promise<() => Promise<void>> {
    const first = await mkdir(this.address, { recursive: true, mode: 0o700 }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") throw notFolderError(this.address, error);
        throw outputError(error, this.address);
      },
    );
    return async () => {
      if (first !== undefined) await removeEmpty(this.address, first);
    };
  }

  async exists(): Promise<boolean> {
    const stats = await stat(this.address).catch(() => null);
    return stats?.isDirectory() === true;
  }

  async list(): Promise<FolderFile[]> {
    const files: FolderFile[] = [];
    const items = await readdir(this.address, { withFileTypes: true }).catch((error: unknown) => {
      throw folderError(error, this.address);
    });
    for (const item of items) {
      if (!item.isFile()) continue;
      // Null when somebody removed the file after it was listed.
      const stats = await stat(this.addressOf(item.name)).catch(() => null);
      if (stats !== null) files.push({ name: item.name, bytes: stats.size, modified: stats.mtime });
    }
    return files;
  }

  async readText(name: string): Promise<string | null> {
    try {
      return await readFile(this.addressOf(name), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  async writeText(name: string, text: string): Promise<void> {
    await replaceFile(this.addressOf(name), text, 0o600);
  }

  async remove(name: string): Promise<void> {
    const path = this.addressOf(name);
    await unlink(path).catch((error: unknown) => {
      throw removalError(error, path);
    });
  }

  draft(name: string): Promise<ArchiveDraft> {
    return Promise.resolve(new LocalDraft(this.address, name));
  }

  async freeBytes(): Promise<number | null> {
    try {
      const { bavail, bsize } = await statfs(await nearestFolder(this.address));
      return bavail * bsize;
    } catch {
      return null;
    }
  }

  takeLock(options?: LockOptions): Promise<Lock> {
    return takeLock(this.address, options);
  }

  async readLock(): Promise<HeldBy | null> {
    const last = (await readChain(this.addressOf(LOCK_NAME))).at(-1);
    if (last === undefined) return null;
    const state = await judgeLock(last, await describeThisProcess(), Date.now());
    return { path: last.path, record: last.record, state };
  }

  async removeLock(): Promise<void> {
    await removeChain((await readChain(this.addressOf(LOCK_NAME))).map(({ path }) => path));
  }

  async removeLeftovers(isOurs: (name: string) => boolean): Promise<number> {
    let removed = 0;
    const leftovers = await listLeftovers(this.address, { isLocked: true }).catch(
      (error: unknown) => {
        throw folderError(error, this.address);
      },
    );
    for (const path of leftovers) {
      const name = finalName(basename(path));
      if (name !== LOCK_NAME && !isOurs(name)) continue;
      await rm(path, { force: true }).catch((error: unknown) => {
        throw removalError(error, path);
      });
      removed++;
    }
    return removed;
  }

  removeUnverified(): Promise<number> {
    // A draft has a temporary name.
    return Promise.resolve(0);
  }
}

function notFolderError(path: string, cause: unknown): OutputError {
  return new OutputError(`${path} is not a folder`, {
    object: path,
    hint: "name another folder",
    cause,
  });
}

/** Removes the folder and those above it, up to `first`, as far as they are empty. */
async function removeEmpty(folder: string, first: string): Promise<void> {
  const last = resolve(first);
  for (let path = resolve(folder); path.length >= last.length; path = dirname(path)) {
    const isRemoved = await rmdir(path).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}

/** Returns the folder itself, or the nearest one above it that exists. */
async function nearestFolder(folder: string): Promise<string> {
  for (let path = folder; ; path = join(path, "..")) {
    const exists = await stat(path).then(
      () => true,
      () => false,
    );
    if (exists || path === join(path, "..")) return path;
  }
}

/** Written under a temporary name, and renamed. */
class LocalDraft implements ArchiveDraft {
  readonly target: string;
  readonly #folder: string;
  #published: string | undefined;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.target = join(folder, temporaryName(name));
  }

  async size(): Promise<number> {
    return (await stat(this.target)).size;
  }

  async publish(name: string): Promise<void> {
    const path = join(this.#folder, name);
    try {
      // Unlike a rename, this fails when there is a file of the name.
      await link(this.target, path);
      this.#published = path;
      await unlink(this.target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw existsError(path, "file");
      if (this.#published !== undefined) throw error;
      // A file system without links: FAT, some network drives.
      this.#published = path;
      await rename(this.target, path);
    }
    await syncFolder(this.#folder);
  }

  async discard(): Promise<void> {
    await rm(this.target, { force: true }).catch(() => undefined);
    if (this.#published !== undefined)
      await rm(this.#published, { force: true }).catch(() => undefined);
  }
}
