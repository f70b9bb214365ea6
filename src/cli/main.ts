#!/usr/bin/env -S node --
/**
 * The program: the only file that ends the process. The two dashes in the first line keep Node.js 20 from taking
 * `--env-file` as an option of its own, which it does anywhere before them.
 */
import { ownPackage } from "../util/package.ts";
import { DONE, FAILED, INTERRUPTED } from "./exit-codes.ts";
import { crash } from "./report-error.ts";

// Node.js has `navigator` since 21. Without it, pg uses `Response` to find out whether it runs in a Cloudflare Worker
// (pg/lib/stream.js), and that loads all of fetch: 5 % of the time of a small dump.
if (!("navigator" in globalThis)) {
  Object.assign(globalThis, { navigator: { userAgent: `Node.js/${process.versions.node}` } });
}

/** Longer than a command takes to stop, and to tell about it. */
const CLEANUP_MS = 60_000;
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    // A second signal: the sender does not want to wait for an orderly end.
    if (stop.signal.aborted) process.exit(INTERRUPTED);
    stop.abort(new Error(`received ${name}`));
  });
}
// What nothing caught ends the command like a signal, so that it cleans up, and those who wait for its end are notified.
process.on("uncaughtException", (error) => {
  if (stop.signal.aborted) process.exit(FAILED);
  stop.abort(crash(error));
  setTimeout(() => process.exit(FAILED), CLEANUP_MS).unref();
});
// A reader that exited (`| head`) ends the command like a signal.
process.stdout.on("error", () => stop.abort(new Error("standard output was closed")));
process.stderr.on("error", () => {});

// Until a command tells how it ended: one that stops with nothing left to wait for has not succeeded.
process.exitCode = FAILED;
void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
  // What nobody reads of the standard output would keep the process alive.
  if (stop.signal.aborted) process.exit();
});

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    // Without loading the commands, which would take most of the time beyond Node.js' own start.
    process.stdout.write(`${ownPackage().version}\n`);
    return DONE;
  }
  const { run } = await import("./run.ts");
  const { stdin, stdout, stderr, env } = process;
  return run(argv, { stdin, stdout, stderr, env }, stop.signal);
}
