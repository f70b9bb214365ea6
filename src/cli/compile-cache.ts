/**
 * The cache of compiled code that Node.js 22.1 and later have: most of a short command is compiling. It lies in the user's
 * own cache folder, for whoever writes to it can run code in this program. Later imports use it.
 */
import { statSync } from "node:fs";
import * as nodeModule from "node:module";
import { join } from "node:path";

interface Enabling {
  /** Never throws: where it cannot write, nothing is cached. Absent in older versions. */
  readonly enableCompileCache?: (this: void, folder: string) => unknown;
}

/** `NODE_DISABLE_COMPILE_CACHE=1` and `NODE_COMPILE_CACHE`, which Node.js reads itself, come first. */
export function enableCompileCache(
  env: NodeJS.ProcessEnv,
  { enableCompileCache: enable }: Enabling = nodeModule as Enabling,
): void {
  const home = env["XDG_CACHE_HOME"] || env["HOME"];
  if (enable === undefined || home === undefined || !isOurs(home)) return;
  enable(join(home, env["XDG_CACHE_HOME"] ? "" : ".cache", "nexushub-dump"));
}

/** After `sudo` the home folder can be that of another user, who must not choose what root runs. */
function isOurs(folder: string): boolean {
  try {
    const { uid, mode } = statSync(folder);
    return uid === process.getuid?.() && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}
