/** The folder and version of this package, for the files beside its code. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NexushubDumpError } from "../errors.ts";

interface Package {
  /** Without symbolic links, as a module's own address has none. */
  readonly folder: string;
  readonly version: string;
}

let ownDescription: Package | undefined;

/**
 * Looks for our package.json in the folders above this module, as a build may put it at any depth. Looks once.
 * @throws NexushubDumpError when a bundler has moved the code out of its package.
 */
export function ownPackage(): Package {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let folder = here; ownDescription === undefined; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (existsSync(path)) {
      const { name, version } = JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
      if (name === "nexushub-dump") ownDescription = { folder, version: version ?? "" };
    }
    if (dirname(folder) === folder) break;
  }
  if (ownDescription === undefined)
    throw new NexushubDumpError(
      "INTERNAL",
      `there is no package.json of nexushub-dump above ${here}`,
    );
  return ownDescription;
}
