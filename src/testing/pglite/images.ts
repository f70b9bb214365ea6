/**
 * Images of PGlite databases: files that are made once for all processes that use the same contents, in a folder that has
 * nothing else. A process that makes one holds the folder's lock.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isNexushubDumpError, OutputError } from "../../errors.ts";
import type { Lock } from "../../store/folder.ts";
import { takeLock } from "../../store/local/lock.ts";
import { replaceFile } from "../../util/atomic-file.ts";
import { reasonOf } from "../../util/output-error.ts";

const IMAGE = /^[0-9a-f]{16}\.pglite\.tar\.gz$/;
/** They hold all rows. */
const MODE = 0o600;
const PAUSE_MS = 50;

export interface ImageRequest {
  /** Identifies the contents. */
  readonly key: string;
  readonly folder: string;
  /** Others that nobody used for so long are removed. */
  readonly keepMs: number;
  readonly make: () => Promise<Blob>;
}

/** The folder of images where the caller names none. */
export function imageFolder(folder: string | URL | undefined): string {
  if (folder !== undefined) return folder instanceof URL ? fileURLToPath(folder) : folder;
  const modules = join(process.cwd(), "node_modules");
  const cache = existsSync(modules) ? join(modules, ".cache") : join(homedir(), ".cache");
  return join(cache, "nexushub-dump");
}

/**
 * Reads an image, or makes it while no other process does.
 * @throws OutputError only when the folder cannot be used; what `make` throws.
 */
export async function openImage(request: ImageRequest): Promise<Blob> {
  const { folder, key } = request;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${key}.pglite.tar.gz`);
    for (;;) {
      const image = await readImage(path);
      if (image !== undefined) return image;
      const lock = await lockUnlessHeld(folder);
      if (lock === undefined) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      else return await makeLocked(request, path, lock);
    }
  } catch (error) {
    if (isNexushubDumpError(error) || !isSystemError(error)) throw error;
    throw new OutputError(`cannot keep an image in ${folder}: ${reasonOf(error)}`, {
      object: folder,
      hint: "name another folder with images, or make none with images: false",
      cause: error,
    });
  }
}

/** Removes an image that PGlite does not take. */
export async function removeImage(folder: string, key: string): Promise<void> {
  await rm(join(folder, `${key}.pglite.tar.gz`), { force: true });
}

async function makeLocked(
  { make, folder, keepMs }: ImageRequest,
  path: string,
  lock: Lock,
): Promise<Blob> {
  try {
    // Another process may have made it before this one had the lock.
    const existing = await readImage(path);
    if (existing !== undefined) return existing;
    await removeUnused(folder, keepMs);
    const image = await make();
    await replaceFile(path, new Uint8Array(await image.arrayBuffer()), MODE);
    return image;
  } finally {
    await lock.release();
  }
}

/** Marks it as used. */
async function readImage(path: string): Promise<Blob | undefined> {
  try {
    const bytes = await readFile(path);
    const now = new Date();
    await utimes(path, now, now);
    return new Blob([bytes], { type: "application/gzip" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function removeUnused(folder: string, keepMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!IMAGE.test(name)) continue;
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined && Date.now() - stats.mtimeMs > keepMs) await rm(path, { force: true });
  }
}

async function lockUnlessHeld(folder: string): Promise<Lock | undefined> {
  try {
    return await takeLock(folder);
  } catch (error) {
    if (isNexushubDumpError(error) && error.code === "BUSY") return undefined;
    throw error;
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
