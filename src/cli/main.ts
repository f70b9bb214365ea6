#!/usr/bin/env -S node --
/**
 * The program: the only file that ends the process. The two dashes in the first line keep Node.js 20 from taking
 * `--env-file` for an option of its own, which it does anywhere before them.
 */
import { INTERRUPTED } from "./exit-codes.ts";
import { run } from "./run.ts";

// Node.js has `navigator` since 21. Where it is missing, pg asks for `Response` instead to learn whether it runs in a
// Cloudflare Worker (pg/lib/stream.js), and that loads all of fetch: a twentieth of a small dump.
if (!("navigator" in globalThis)) {
  Object.assign(globalThis, { navigator: { userAgent: `Node.js/${process.versions.node}` } });
}

const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    // A second signal means that the orderly way takes too long for whoever sent it.
    if (stop.signal.aborted) process.exit(INTERRUPTED);
    stop.abort(new Error(`received ${name}`));
  });
}
// A reader that went away (`| head`) is not an error worth a stack.
process.stdout.on("error", () => stop.abort(new Error("standard output was closed")));
process.stderr.on("error", () => {});

process.exitCode = await run(
  process.argv.slice(2),
  { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env },
  stop.signal,
);
