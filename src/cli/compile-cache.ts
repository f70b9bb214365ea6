/**
 * The cache of compiled code: most of a short command is compiling. It lies in the user's own cache folder, for whoever
 * writes to it can run code in this program. Later imports use it.
 */
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `NODE_DISABLE_COMPILE_CACHE=1` and `NODE_COMPILE_CACHE`, the folder of a cache of Node.js 22 and later, come first. Without
 * them the code is kept here on every version: with the cache of Node.js 24 itself a dump starts 10 ms faster, and so 40.
 * @param command the first argument: each command has a cache of its own, as each needs other functions.
 */
export async function enableCompileCache(
  env: NodeJS.ProcessEnv,
  command: string | undefined,
  keepIn: (folder: string) => Promise<void> | void = keepOwnCode,
): Promise<void> {
  const home = env["XDG_CACHE_HOME"] || env["HOME"];
  if (env["NODE_DISABLE_COMPILE_CACHE"] || env["NODE_COMPILE_CACHE"]) return;
  if (home === undefined || !isOurs(home)) return;
  const folder = join(home, env["XDG_CACHE_HOME"] ? "" : ".cache", "nexushub-dump");
  await keepIn(join(folder, /^[a-z]+$/.exec(command ?? "")?.[0] ?? "help"));
}

/**
 * A command that runs longer keeps its code now, because V8 drops the code of functions that have not been called for some
 * collections of garbage (flag `flush_bytecode`): those of the start, which matter most.
 */
const KEEP_AFTER_MS = 1000;

async function keepOwnCode(folder: string): Promise<void> {
  const { keepCode } = await import("./kept-code.ts");
  const keepFresh = keepCode(dirname(fileURLToPath(import.meta.url)), folder);
  setTimeout(keepFresh, KEEP_AFTER_MS).unref();
  process.once("exit", (code) => {
    if (code === 0) keepFresh();
  });
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
