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
if (!answersVersion(argv)) {
  enableCompileCache(process.env);
  void import("./process.ts").then(({ runProcess }) => runProcess(argv));
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
