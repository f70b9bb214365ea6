/** Files beside a differential archive that may be its base, by their sizes. Their names are compared, never followed. */
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { BaseHint } from "../storage/store.ts";
import { mayBeBase } from "./base-size.ts";

/** @returns paths, the one with the recorded name first. */
export async function nearbyFiles(path: string, base: BaseHint): Promise<string[]> {
  const target = await realpath(path).catch(() => path);
  const folders = new Set([dirname(path), dirname(target)]);
  const files: string[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      const file = join(folder, name);
      const stats = file === path || file === target ? null : await stat(file).catch(() => null);
      if (stats?.isFile() === true && mayBeBase(stats.size, base)) files.push(file);
    }
  }
  const rank = (file: string): number => (basename(file) === base.fileName ? 0 : 1);
  return files.sort((a, b) => rank(a) - rank(b) || (a < b ? 1 : -1));
}
