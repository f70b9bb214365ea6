#!/usr/bin/env -S node --
/**
 * The program. The two dashes in the first line keep Node.js 20 from taking `--env-file` as an option of its own, which
 * it does anywhere before them.
 */
import { writeSync } from "node:fs";
import { enableCompileCache } from "./compile-cache.ts";
import { ownPackage } from "../util/package.ts";

const STANDARD_OUTPUT = 1;
const argv = process.argv.slice(2);
if (!answersVersion(argv)) void runCommand();

async function runCommand(): Promise<void> {
  // Node.js has `navigator` since 21. Without it, pg uses `Response` to find out whether it runs in a Cloudflare Worker
  // (pg/lib/stream.js), and that loads all of fetch: a tenth of the time of a small dump.
  if (!("navigator" in globalThis))
    Object.assign(globalThis, { navigator: { userAgent: `Node.js/${process.versions.node}` } });
  await enableCompileCache(process.env, argv[0]);
  const { runProcess } = await import("./process.ts");
  await runProcess(argv);
}

/** Without what commands need: that, and the streams of the process, take most of the time beyond Node.js' own start. */
function answersVersion([option, ...others]: readonly string[]): boolean {
  if (others.length > 0 || (option !== "--version" && option !== "-V")) return false;
  try {
    writeSync(STANDARD_OUTPUT, `${ownPackage().version}\n`);
    return true;
  } catch {
    // The command line knows how to tell what went wrong.
    return false;
  }
}
