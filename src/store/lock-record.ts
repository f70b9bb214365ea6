/**
 * The record in a lock file: which process holds the lock. A process is identified by its id, its start time and the
 * boot of the machine, because a process id alone is reused. Whether a process on another machine or in another
 * container still runs cannot be seen; its record counts as dead once the file's modification time, which the holder
 * renews, is too old.
 */
import { randomUUID } from "node:crypto";
import { readFile, readlink, stat } from "node:fs/promises";
import { hostname } from "node:os";
import type { LockRecord } from "./parse-lock-record.ts";

export type { LockRecord };

/** The lock file's name in the folder that it guards. */
export const LOCK_NAME = ".nexushub-dump.lock";

/** How often a holder renews the modification time. */
export const HEARTBEAT_MS = 15_000;
/** Age at which the record of a process that cannot be seen counts as dead: eight missed heartbeats. */
export const STALE_MS = 8 * HEARTBEAT_MS;

/** A lock file and its contents. */
export interface LockFile {
  readonly path: string;
  /** Identifies this lock in file names. */
  readonly token: string;
  /** Null when the file is empty or damaged: its holder lost power while writing it, or is writing it now. */
  readonly record: LockRecord | null;
  readonly modifiedMs: number;
}

/** What is known of the process that holds a lock. */
export type LockState = "alive" | "dead" | "unseen";

export async function describeThisProcess(): Promise<LockRecord> {
  return {
    token: randomUUID(),
    host: hostname(),
    boot: await readText("/proc/sys/kernel/random/boot_id"),
    pidSpace: await readlink("/proc/self/ns/pid").catch(() => null),
    pid: process.pid,
    start: await startOf(process.pid),
    since: new Date().toISOString(),
  };
}

/** Reads a lock file; null when there is none. */
export async function readLockFile(path: string): Promise<LockFile | null> {
  try {
    const [text, stats] = [await readFile(path, "utf8"), await stat(path)];
    // Most folders are not locked, and need nothing of this then.
    const { parseLockRecord } = await import("./parse-lock-record.ts");
    const record = parseLockRecord(text);
    const token = record?.token ?? `damaged-${stats.ino}-${Math.round(stats.mtimeMs)}`;
    return { path, token, record, modifiedMs: stats.mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Judges whether the holder of a lock still runs.
 * @param nowMs the time by the clock that sets modification times, which in a network share is not this machine's.
 * @returns "unseen" for a holder that cannot be seen from here and whose heartbeat is recent.
 */
export async function judgeLock(
  { record, modifiedMs }: LockFile,
  self: LockRecord,
  nowMs: number,
): Promise<LockState> {
  if (record !== null) {
    if (isVisible(record, self)) return (await isRunning(record)) ? "alive" : "dead";
    // The same machine, restarted since.
    if (record.host === self.host && record.boot !== null && record.boot !== self.boot)
      return "dead";
  }
  return nowMs - modifiedMs > STALE_MS ? "dead" : "unseen";
}

/** Whether the process ids of a record mean the same here. */
function isVisible(record: LockRecord, self: LockRecord): boolean {
  if (record.boot !== self.boot || record.pidSpace !== self.pidSpace) return false;
  return self.boot !== null || record.host === self.host;
}

async function isRunning({ pid, start }: LockRecord): Promise<boolean> {
  const startNow = await startOf(pid);
  if (startNow !== null && start !== null) return startNow === start;
  // No /proc, or one that hides other users' processes.
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** The start time of a process in clock ticks since boot (proc(5), stat); null without /proc, process, or for a zombie. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readText(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses, which may itself hold parentheses and blanks.
  const [state, ...fields] = text?.slice(text.lastIndexOf(")") + 2).split(" ") ?? [];
  return state === "Z" || state === "X" ? "ended" : (fields[18] ?? null);
}

async function readText(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    return null;
  }
}
