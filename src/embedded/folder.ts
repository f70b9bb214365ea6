/** Where a server's folder may lie: the server's account must reach it, and its socket's path must stay short. */
import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConnectionError } from "../errors.ts";
import { childEnvironment } from "../util/child-environment.ts";
import type { Account } from "./account.ts";
import { FOLDER_PREFIX } from "./stale.ts";

/** Bytes that a socket's path may have on the strictest system (macOS: `sun_path[104]`, with its end mark). */
const MAX_SOCKET_PATH = 103;

function fits(base: string): boolean {
  return (
    Buffer.byteLength(join(base, `${FOLDER_PREFIX}XXXXXX`, ".s.PGSQL.65535")) <= MAX_SOCKET_PATH
  );
}

/** The account must enter the folder, and write to it: at the end it removes its own folder from there. */
function usable(base: string, account: Account | undefined): boolean {
  if (account === undefined) return true;
  const script = 'cd -- "$1" && test -w .';
  const run = spawnSync("/bin/sh", ["-c", script, "sh", base], {
    ...account,
    cwd: "/",
    env: childEnvironment(),
  });
  return run.status === 0;
}

/**
 * The folder in which servers' folders are made: the preferred one, else the system's folder for temporary files, else /tmp.
 * @throws ConnectionError when the server's account can use none of them.
 */
export function baseFolder(account: Account | undefined, preferred?: string): string {
  for (const candidate of preferred === undefined ? [tmpdir(), "/tmp"] : [preferred]) {
    if (!existsSync(candidate)) continue;
    const base = realpathSync(candidate);
    if (fits(base) && usable(base, account)) return base;
  }
  if (preferred !== undefined) {
    throw new ConnectionError(`an embedded PostgreSQL cannot use the folder ${preferred}`, {
      object: preferred,
      hint: "give a short path of a folder that every account may write to",
    });
  }
  throw new ConnectionError("there is no temporary folder that an embedded PostgreSQL can use", {
    object: tmpdir(),
    hint: "set TMPDIR to a short path that every account may write to",
  });
}

/** A new folder for one server, which nobody but its account and root may enter. */
export function makeFolder(base: string, account: Account | undefined): string {
  const folder = mkdtempSync(join(base, FOLDER_PREFIX));
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  return folder;
}
