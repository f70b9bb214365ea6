/**
 * Removes the folders of servers whose supervisor was killed too. A folder is removed only when its name, owner and host
 * are ours and no process uses it any more.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { childEnvironment } from "../util/child-environment.ts";
import type { Account } from "./account.ts";

/** Prefix of the folders of all servers. Short, because the path of a socket is limited to about 100 bytes. */
export const FOLDER_PREFIX = "nexushub-dump-pg-";

/** A folder younger than this may belong to a process that is about to start its supervisor. */
const SETTLING_MS = 60_000;

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Whether a process exists and was started with this text among its arguments; process ids are reused. */
function runsWith(pid: number, text: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  if (process.platform === "linux") return read(`/proc/${pid}/cmdline`).includes(text);
  return spawnSync("ps", ["-o", "command=", "-p", String(pid)], {
    encoding: "utf8",
    env: childEnvironment(),
  }).stdout.includes(text);
}

/** Whether a supervisor uses the folder, or may be about to. */
function isInUse(folder: string): boolean {
  const [pid, host] = read(join(folder, "owner")).trim().split(" ");
  if (pid === undefined || host === undefined) {
    return Date.now() - statSync(folder).mtimeMs < SETTLING_MS;
  }
  return host !== hostname() || runsWith(Number(pid), folder);
}

/** Stops the server of a folder if it still runs, and removes the folder. */
export async function removeFolder(folder: string): Promise<void> {
  const data = join(folder, "data");
  const postmaster = Number.parseInt(read(join(data, "postmaster.pid")), 10);
  for (let tries = 0; tries < 100 && runsWith(postmaster, data); tries++) {
    process.kill(postmaster, tries < 90 ? "SIGQUIT" : "SIGKILL");
    await sleep(100);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes the folders in `base` that nobody looks after. Never throws: it is a courtesy, not the task. */
export async function removeStale(base: string, account: Account | undefined): Promise<void> {
  const owners = [process.getuid?.(), account?.uid];
  for (const name of readdirSync(base)) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const folder = join(base, name);
    try {
      if (!owners.includes(statSync(folder).uid) || isInUse(folder)) continue;
      await removeFolder(folder);
    } catch {
      // Another process removes it at this moment.
    }
  }
}
