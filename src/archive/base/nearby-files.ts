/** Files beside a differential archive that may be its base, by their sizes. Their names are compared, never followed. */
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { MAX_HEADER_BYTES, sealedBytes } from "../encryption/sealed-size.ts";
import type { BaseHint } from "../storage/store.ts";

/** @returns paths, the one with the recorded name first. */
export async function nearbyFiles(path: string, base: BaseHint): Promise<string[]> {
  const target = await realpath(path).catch(() => path);
  const folders = new Set([dirname(path), dirname(target)]);
  const files: string[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      const file = join(folder, name);
      if (file !== path && file !== target && (await mayBe(file, base))) files.push(file);
    }
  }
  const rank = (file: string): number => (basename(file) === base.fileName ? 0 : 1);
  return files.sort((a, b) => rank(a) - rank(b) || (a < b ? 1 : -1));
}

/** Whether a file has the base's size, encrypted or not. */
async function mayBe(file: string, { size }: BaseHint): Promise<boolean> {
  const stats = await stat(file).catch(() => null);
  if (stats === null || !stats.isFile()) return false;
  if (stats.size === size) return true;
  const least = sealedBytes(size);
  return stats.size >= least && stats.size <= least + MAX_HEADER_BYTES;
}
