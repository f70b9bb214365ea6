/** Where this package lies, for what it has beside its code. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NexushubDumpError } from "../errors.ts";

interface Package {
  /** Without symbolic links, as a module's own address has none. */
  readonly folder: string;
  readonly version: string;
}

let found: Package | undefined;

/**
 * The folder of our own package.json: above the source as above what is built of it, however many folders down a bundler
 * has put this module. Looked for once.
 * @throws NexushubDumpError when a bundler has taken the code away from its package.
 */
export function ownPackage(): Package {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let folder = here; found === undefined; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (existsSync(path)) {
      const { name, version } = JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
      if (name === "nexushub-dump") found = { folder, version: version ?? "" };
    }
    if (dirname(folder) === folder) break;
  }
  if (found === undefined)
    throw new NexushubDumpError(
      "INTERNAL",
      `there is no package.json of nexushub-dump above ${here}`,
    );
  return found;
}
