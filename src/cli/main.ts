#!/usr/bin/env -S node --
/**
 * The program: the only file that ends the process. The two dashes in the first line keep Node.js 20 from taking
 * `--env-file` for an option of its own, which it does anywhere before them.
 */
import { ownPackage } from "../util/package.ts";
import { DONE, INTERRUPTED } from "./exit-codes.ts";

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

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    // Loading the commands would take most of the time that this answer needs beyond Node.js' own start.
    process.stdout.write(`${ownPackage().version}\n`);
    return DONE;
  }
  const { run } = await import("./run.ts");
  const { stdin, stdout, stderr, env } = process;
  return run(argv, { stdin, stdout, stderr, env }, stop.signal);
}
