/**
 * Temporary files. Those without a name hold what does not fit in memory: they are gone when closed, and when the
 * process is killed. Those beside a target bear a name that says what they were to become and which process writes
 * them, so that what a killed process left behind is recognized.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, open, readdir, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OutputError, isNexushubDumpError } from "../errors.ts";

const TEMPORARY = /^\.(.+)\.(\d+)-[0-9a-f]{8}\.partial$/s;

/** A name for what the process `pid` writes before it becomes `name`. */
export function temporaryName(name: string, pid: number = process.pid): string {
  return `.${name}.${pid}-${randomBytes(4).toString("hex")}.partial`;
}

/** Reads a name made by `temporaryName`; undefined for any other. */
export function parseTemporaryName(
  file: string,
): { readonly name: string; readonly pid: number } | undefined {
  const match = TEMPORARY.exec(file);
  return match === null ? undefined : { name: match[1]!, pid: Number(match[2]) };
}

/**
 * Paths of the temporary files in a folder whose process no longer runs on this machine. The caller decides whether to
 * remove them: in a folder shared between machines or containers, the process may run where it cannot be seen.
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

/** A file without a name in the folder for temporary files. Its errors are OutputErrors. */
export class TemporaryFile {
  readonly #file: FileHandle;
  #size = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws OutputError only when the folder accepts no file. */
  static async create(): Promise<TemporaryFile> {
    const path = join(tmpdir(), `nexushub-dump-${process.pid}-${randomBytes(8).toString("hex")}`);
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
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = code === "ENOSPC" ? "the disk is full" : message;
  return new OutputError(`cannot ${verb} a temporary file in ${tmpdir()}: ${reason}`, {
    object: tmpdir(),
    hint: "set TMPDIR to another folder",
    cause,
  });
}
