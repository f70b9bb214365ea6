/** The archive of a fixture, so that it can be read more than once: folders and addresses become files that last as long. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { reopenable } from "../archive/storage/reopenable.ts";
import type { RereadableArchive } from "../archive/storage/source.ts";
import { unpack } from "../pack/unpack.ts";
import { pathText } from "../util/path-text.ts";
import { createTemporaryFolder, removeTemporaryFolder } from "../util/temp-file.ts";

export interface FixtureArchive {
  /** Undefined for an empty database. */
  readonly archive: RereadableArchive | undefined;
  /** Removes what was written for it. */
  close(): Promise<void>;
}

/** @throws what `unpack` throws for a folder; ArchiveError for an address that does not answer. */
export async function fixtureArchive(
  archive: RereadableArchive | undefined,
  signal: AbortSignal | undefined,
): Promise<FixtureArchive> {
  const path =
    archive instanceof URL && !/^https?:$/.test(archive.protocol) ? pathText(archive) : archive;
  if (path instanceof URL) return fetched(path, signal);
  if (typeof path === "string" && (await isFolder(path))) return unpacked(path, signal);
  return { archive: path, close: async () => undefined };
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() === true;
}

async function fetched(url: URL, signal: AbortSignal | undefined): Promise<FixtureArchive> {
  const source = await reopenable(url, signal);
  return { archive: source.store, close: () => source.close() };
}

async function unpacked(folder: string, signal: AbortSignal | undefined): Promise<FixtureArchive> {
  const temporary = await createTemporaryFolder();
  const close = (): Promise<void> => removeTemporaryFolder(temporary);
  try {
    const archive = join(temporary, "fixture");
    await unpack(folder, archive, { signal });
    return { archive, close };
  } catch (error) {
    await close();
    throw error;
  }
}
