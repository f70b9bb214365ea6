/**
 * An archive as a file that appears complete or not at all. A path that is a device or a pipe is written as it is.
 */
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { refuseForeignLinks } from "./foreign-links.ts";
import { AtomicFile } from "../../util/atomic-file.ts";
import { outputError } from "../../util/output-error.ts";
import { finalPath } from "../../util/temp-file.ts";
import type { ArchiveSink } from "./store.ts";

/**
 * Begins a file of mode 0600 that appears at `path` on commit, in place of what was there.
 * @throws OutputError only when the file cannot be created.
 */
export async function openPathSink(path: string): Promise<ArchiveSink> {
  try {
    const target = await replacedFile(path);
    const file =
      target === null ? new SpecialFile(await open(path, "w")) : await AtomicFile.create(target);
    return new PathSink(finalPath(path), file);
  } catch (error) {
    throw outputError(error, finalPath(path));
  }
}

/**
 * The file that an archive at this path takes the place of: behind a symbolic link the file itself, not the link. Null
 * for a device or a pipe, which nothing may replace.
 */
export async function replacedFile(path: string): Promise<string | null> {
  await refuseForeignLinks(path);
  if (await isSpecialFile(path)) return null;
  return realpath(path).catch(() => path);
}

/** Whether a path is a device or a pipe, which keeps what was written. */
export async function isSpecialFile(path: string): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
  return facts !== undefined && !facts.isFile();
}

/** A device or a pipe: nothing to sync, nothing to rename. */
class SpecialFile implements ArchiveSink {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += (await this.#file.write(bytes, at, bytes.length - at)).bytesWritten;
    }
  }

  async commit(): Promise<void> {
    await this.#file.close();
  }

  async abort(): Promise<void> {
    await this.#file.close().catch(() => {});
  }
}

/** Names the path in the errors of a file. */
class PathSink implements ArchiveSink {
  readonly #path: string;
  readonly #file: ArchiveSink;

  constructor(path: string, file: ArchiveSink) {
    this.#path = path;
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#file.write(bytes).catch((error: unknown) => {
      throw outputError(error, this.#path);
    });
  }

  async commit(): Promise<void> {
    await this.#file.commit().catch((error: unknown) => {
      throw outputError(error, this.#path);
    });
  }

  async abort(): Promise<void> {
    await this.#file.abort();
  }
}
