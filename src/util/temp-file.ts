/**
 * Temporary files. Those without a name hold what does not fit in memory: they are gone when closed, and when the
 * process is killed. Those beside a target bear a name that says what they were to become and which process writes
 * them, so that what a killed process left behind is recognized.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { type FileHandle, lstat, mkdtemp, open, readdir, rm, unlink } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { OutputError, isNexushubDumpError } from "../errors.ts";
import { removalError } from "./output-error.ts";
import { systemReason } from "./system-reason.ts";

/** Names made by version 0.1 do not say where the process id means something. */
const TEMPORARY_FILE = /^\.(.+)\.(\d+)-([0-9a-f]{8})?[0-9a-f]{8}\.partial$/s;
const TEMPORARY_FOLDER = /^nexushub-dump-(\d+)-([0-9a-f]{8})-/;

/** What another machine or container wrote is abandoned when it did not change for so long. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

let ownSpace: string | undefined;

/** Where process ids mean the same: this boot of the machine, this container. */
function processSpace(): string {
  ownSpace ??= createHash("sha256")
    .update(
      [
        hostname(),
        readOrEmpty(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")),
        readOrEmpty(() => readlinkSync("/proc/self/ns/pid")),
      ].join(" "),
    )
    .digest("hex")
    .slice(0, 8);
  return ownSpace;
}

function readOrEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    // Not Linux.
    return "";
  }
}

/** A name for what the process `pid` writes before it becomes `name`. */
export function temporaryName(name: string, pid: number = process.pid): string {
  return `.${name}.${pid}-${processSpace()}${randomBytes(4).toString("hex")}.partial`;
}

/** The process that writes a temporary file. */
interface Writer {
  readonly pid: number;
  /** Undefined in names made by version 0.1. */
  readonly space: string | undefined;
}

/** Reads a name made by `temporaryName`; undefined for any other. */
export function parseTemporaryName(file: string): ({ readonly name: string } & Writer) | undefined {
  const [, name, pid, space] = TEMPORARY_FILE.exec(file) ?? [];
  return name === undefined ? undefined : { name, pid: Number(pid), space };
}

/**
 * Paths of the temporary files in a folder that nobody writes any more. The caller decides whether to remove them.
 * @param isLocked whether nobody else can be writing into the folder. Otherwise, the files of other machines and
 * containers, whose processes cannot be seen, are left out until they are a day old.
 */
export async function listLeftovers(
  folder: string,
  { isLocked }: { readonly isLocked: boolean },
): Promise<string[]> {
  const leftovers: string[] = [];
  for (const file of await readdir(folder)) {
    const writer = parseTemporaryName(file);
    const path = join(folder, file);
    if (writer !== undefined && (await isAbandoned(path, writer, isLocked))) leftovers.push(path);
  }
  return leftovers;
}

async function isAbandoned(path: string, writer: Writer, isLocked: boolean): Promise<boolean> {
  if (writer.space === processSpace()) return !isRunning(writer.pid);
  // Perhaps a process of this machine.
  if (writer.space === undefined && isRunning(writer.pid)) return false;
  return isLocked || (await ageMs(path)) > ABANDONED_MS;
}

async function ageMs(path: string): Promise<number> {
  const stats = await lstat(path).catch(() => undefined);
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The name that a temporary file would have got in the end; one temporary file can become another first. */
export function finalName(file: string): string {
  const name = parseTemporaryName(file)?.name;
  return name === undefined ? file : finalName(name);
}

/** The path as messages show it: nobody knows a temporary name. */
export function finalPath(path: string): string {
  const name = basename(path);
  const final = finalName(name);
  return final === name ? path : join(dirname(path), final);
}

/** Removes what killed processes left of the file at `path`. Never throws. */
export async function removeLeftoversOf(path: string): Promise<void> {
  const leftovers = await listLeftovers(dirname(path), { isLocked: false }).catch(() => []);
  for (const each of leftovers) {
    if (finalName(basename(each)) === basename(path))
      await rm(each, { force: true }).catch(() => undefined);
  }
}

/**
 * Creates a folder in the folder for temporary files, after removing those of this user's killed processes.
 * @throws OutputError only when the folder cannot be created.
 */
export async function createTemporaryFolder(): Promise<string> {
  await removeTemporaryFolders();
  try {
    return await mkdtemp(join(tmpdir(), `nexushub-dump-${process.pid}-${processSpace()}-`));
  } catch (error) {
    throw temporaryFileError("write", error);
  }
}

/**
 * Removes a folder that `createTemporaryFolder` made, with all that is in it.
 * @throws OutputError only when it cannot be removed.
 */
export async function removeTemporaryFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
    throw removalError(error, path);
  });
}

async function removeTemporaryFolders(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const [, pid, space] = TEMPORARY_FOLDER.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(tmpdir(), name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isDirectory() !== true || stats.uid !== process.getuid?.()) continue;
    if (await isAbandoned(path, { pid: Number(pid), space }, false))
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** A file without a name in the folder for temporary files. Its errors are OutputErrors. */
export class TemporaryFile {
  readonly #file: FileHandle;
  #size = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws OutputError only when the folder accepts no file. */
  static async create(): Promise<TemporaryFile> {
    const path = join(tmpdir(), `nexushub-dump-file-${randomBytes(8).toString("hex")}`);
    try {
      const file = await open(path, "wx+", 0o600);
      try {
        await unlink(path);
      } catch (error) {
        await file.close();
        throw error;
      }
      return new TemporaryFile(file);
    } catch (error) {
      throw temporaryFileError("write", error);
    }
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size;
  }

  /** Writes at the end. Calls must not overlap. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        const rest = bytes.length - at;
        const { bytesWritten } = await this.#file.write(bytes, at, rest, this.#size);
        this.#size += bytesWritten;
        at += bytesWritten;
      }
    } catch (error) {
      throw temporaryFileError("write", error);
    }
  }

  /** Fills `target` with the bytes from `offset`. Calls may overlap. */
  async readInto(target: Uint8Array, offset: number): Promise<void> {
    for (let at = 0; at < target.length;) {
      const rest = target.length - at;
      const { bytesRead } = await this.#file
        .read(target, at, rest, offset + at)
        .catch((error: unknown) => {
          throw temporaryFileError("read", error);
        });
      if (bytesRead === 0) throw new OutputError("a temporary file became shorter");
      at += bytesRead;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function temporaryFileError(verb: "read" | "write", cause: unknown): Error {
  if (isNexushubDumpError(cause)) return cause;
  const message = `cannot ${verb} a temporary file in ${tmpdir()}: ${systemReason(cause)}`;
  return new OutputError(message, {
    object: tmpdir(),
    hint: "set TMPDIR to another folder",
    cause,
  });
}
