/**
 * An archive as a file that appears whole or not at all: written under a temporary name beside its final one, synced,
 * renamed, and the folder synced. The temporary name tells what it was to become and which process made it, so that
 * what a killed process left can be recognized.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, open, readdir, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OutputError, isNexushubDumpError } from "../../errors.ts";
import type { ArchiveSink } from "./store.ts";

const TEMPORARY = /^\.(.+)\.(\d+)-[0-9a-f]{8}\.partial$/s;

/** The temporary name of an archive that the process `pid` writes. */
export function temporaryName(name: string, pid: number): string {
  return `.${name}.${pid}-${randomBytes(4).toString("hex")}.partial`;
}

/** What a file's name tells when it is one of our temporary names; undefined otherwise. */
export function parseTemporaryName(
  file: string,
): { readonly name: string; readonly pid: number } | undefined {
  const match = TEMPORARY.exec(file);
  return match === null ? undefined : { name: match[1]!, pid: Number(match[2]) };
}

/**
 * The temporary files in a folder whose process no longer runs on this machine, as paths. Whether to remove them is the
 * caller's to decide: a folder shared between machines or containers may hold those of a process that is not seen here.
 */
export async function listLeftovers(folder: string): Promise<string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => {
      const parsed = parseTemporaryName(file);
      return parsed !== undefined && !isRunning(parsed.pid);
    })
    .map((file) => join(folder, file));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const REASONS: Readonly<Record<string, readonly [reason: string, hint: string | undefined]>> = {
  ENOSPC: ["the disk is full", "free some space, or write to another disk"],
  EDQUOT: ["the disk quota is used up", "free some space, or write to another disk"],
  EFBIG: ["the file system or a limit allows no larger file", "see `ulimit -f`"],
  EACCES: ["permission denied", "choose a folder that this user may write to"],
  EPERM: ["permission denied", "choose a folder that this user may write to"],
  EROFS: ["the file system is read-only", "choose another folder"],
  ENOENT: ["the folder does not exist", "create it first"],
  ENOTDIR: ["a part of the path is not a folder", undefined],
  EISDIR: ["it is a folder", "name a file in it"],
  EPIPE: ["whoever was reading has gone away", undefined],
  ERR_STREAM_PREMATURE_CLOSE: ["whoever was reading has gone away", undefined],
  ERR_STREAM_DESTROYED: ["whoever was reading has gone away", undefined],
};

/** An error of the operating system or a stream as one of ours, said plainly. */
export function outputError(error: unknown, object: string): Error {
  if (isNexushubDumpError(error)) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const [reason, hint] = REASONS[code ?? ""] ?? [message, undefined];
  return new OutputError(`cannot write ${object}: ${reason}`, { object, hint, cause: error });
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
  }
}

/** The sync of a folder makes the rename durable (fsync(2), notes). */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Begins a file of mode 0600 that appears at `path` on commit, in place of what was there. A path that is a device or
 * a pipe is written as it is.
 * @throws OutputError only when the file cannot be made.
 */
export async function openPathSink(path: string): Promise<ArchiveSink> {
  try {
    const special = await isSpecial(path);
    if (special) return new FileSink(path, await open(path, "w"), undefined);
    // Behind a symbolic link the file itself is replaced, not the link.
    const target = await realpath(path).catch(() => path);
    const folder = dirname(target);
    const temporary = join(folder, temporaryName(basename(target), process.pid));
    return new FileSink(path, await open(temporary, "wx", 0o600), { folder, temporary, target });
  } catch (error) {
    throw outputError(error, path);
  }
}

async function isSpecial(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
  return found !== undefined && !found.isFile();
}

interface Place {
  readonly folder: string;
  readonly temporary: string;
  readonly target: string;
}

class FileSink implements ArchiveSink {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #place: Place | undefined;
  #open = true;

  constructor(path: string, file: FileHandle, place: Place | undefined) {
    this.#path = path;
    this.#file = file;
    this.#place = place;
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await writeAll(this.#file, bytes);
    } catch (error) {
      throw outputError(error, this.#path);
    }
  }

  async commit(): Promise<void> {
    try {
      if (this.#place !== undefined) await this.#file.sync();
      await this.#file.close();
      if (this.#place !== undefined) {
        await rename(this.#place.temporary, this.#place.target);
        await syncFolder(this.#place.folder);
      }
      this.#open = false;
    } catch (error) {
      throw outputError(error, this.#path);
    }
  }

  async abort(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#file.close().catch(() => {});
    if (this.#place !== undefined) await unlink(this.#place.temporary).catch(() => {});
  }
}
