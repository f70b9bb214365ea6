/**
 * From an installed package to programs that the server's account can run. Installed under /root, with a strict
 * umask, or where links cannot be added, they are copied into the server's own folder and vanish with it.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, lchownSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ConnectionError } from "../errors.ts";
import { childEnvironment } from "../util/child-environment.ts";
import type { Account } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { repairLinks } from "./links.ts";
import { systemReason } from "../util/system-reason.ts";

export interface Programs {
  /** The folder of `initdb` and `postgres`. */
  readonly bin: string;
  /** As the server says it: `16.14`. */
  readonly version: string;
}

/** Runs `postgres --version`: the one check that covers permissions, mount options, libraries and platform. */
function probe(
  root: string,
  account: Account | undefined,
): { programs: Programs } | { why: string } {
  const bin = join(root, "native", "bin");
  const run = spawnSync(join(bin, "postgres"), ["--version"], {
    ...account,
    cwd: "/",
    env: childEnvironment(),
    encoding: "utf8",
    timeout: 60_000,
  });
  if (run.error !== undefined) return { why: systemReason(run.error) };
  const version = /PostgreSQL\) (\S+)/.exec(run.stdout)?.[1];
  if (run.status !== 0 || version === undefined) {
    return { why: run.stderr.trim() || `exit code ${run.status}` };
  }
  return { programs: { bin, version } };
}

/** Copies a package's programs, readable for everyone who can reach the folder, and owned by who must remove them. */
function copyPrograms(root: string, to: string, account: Account | undefined): void {
  cpSync(join(root, "native"), join(to, "native"), { recursive: true, verbatimSymlinks: true });
  repairLinks(to);
  const native = join(to, "native");
  for (const name of ["", ...readdirSync(native, { recursive: true, encoding: "utf8" })]) {
    const path = join(native, name);
    if (account !== undefined) lchownSync(path, account.uid, account.gid);
    if (!lstatSync(path).isSymbolicLink()) chmodSync(path, 0o755);
  }
}

/**
 * The programs, verified to run under the account; copied into `folder` when they do not run where they are.
 * @throws ConnectionError with PostgreSQL's or the system's own words when they run in neither place.
 */
export function preparePrograms(
  binaries: Binaries,
  folder: string,
  account: Account | undefined,
): Programs {
  if (repairLinks(binaries.root)) {
    const inPlace = probe(binaries.root, account);
    if ("programs" in inPlace) return inPlace.programs;
  }
  copyPrograms(binaries.root, folder, account);
  const copied = probe(folder, account);
  if ("programs" in copied) return copied.programs;
  throw new ConnectionError(`the embedded PostgreSQL does not run here: ${copied.why}`, {
    object: binaries.root,
    hint: `the programs are built for glibc or macOS on ${process.arch}; elsewhere use a server of your own`,
  });
}
