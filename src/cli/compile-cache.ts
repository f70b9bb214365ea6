/**
 * The cache of compiled code: most of a short command is compiling. It lies in the user's own cache folder, for whoever
 * writes to it can run code in this program. Later imports use it.
 */
import { statSync } from "node:fs";
import * as nodeModule from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

interface Enabling {
  /** Never throws: where it cannot write, nothing is cached. Absent before 22.1. */
  readonly enableCompileCache?: (this: void, folder: string) => unknown;
  /** Absent before 22.10. */
  readonly flushCompileCache?: (this: void) => void;
}

/**
 * `NODE_DISABLE_COMPILE_CACHE=1` and `NODE_COMPILE_CACHE`, which Node.js reads itself, come first.
 * @param command the first argument: each command has a cache of its own, as each needs other functions.
 */
export async function enableCompileCache(
  env: NodeJS.ProcessEnv,
  command: string | undefined,
  {
    enableCompileCache: enable = keepOwnCode,
    flushCompileCache: flush,
  }: Enabling = nodeModule as Enabling,
): Promise<void> {
  const home = env["XDG_CACHE_HOME"] || env["HOME"];
  if (env["NODE_DISABLE_COMPILE_CACHE"] || home === undefined || !isOurs(home)) return;
  const folder = join(home, env["XDG_CACHE_HOME"] ? "" : ".cache", "nexushub-dump");
  await enable(join(folder, /^[a-z]+$/.exec(command ?? "")?.[0] ?? "help"));
  if (flush !== undefined) setTimeout(flush, KEEP_AFTER_MS).unref();
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
