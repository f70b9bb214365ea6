/**
 * One backup of a folder at a time. A lock file holds who has it; whoever died with it (kill -9, power loss) does not
 * keep it, because a process is known by its id, its start and the machine's boot, not by its id alone.
 * Node has no flock(2), so taking and breaking a lock are made of link(2) and O_EXCL, which are atomic.
 */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, open, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { NexushubDumpError } from "../../errors.ts";

/** The lock file's name in the folder that it guards. */
export const LOCK_NAME = ".nexushub-dump.lock";

const holderSchema = z.object({
  /** Told apart by this alone, so that a lock is never mistaken for an earlier one of the same process. */
  token: z.string().regex(/^[0-9a-f-]{36}$/),
  host: z.string(),
  /** The machine's run and the space of process ids; null where the system does not tell. */
  boot: z.string().nullable(),
  pidSpace: z.string().nullable(),
  pid: z.number().int().positive(),
  /** When the process started, in the system's own measure. */
  start: z.string().nullable(),
  since: z.string(),
});
type Holder = z.infer<typeof holderSchema>;

export interface Lock {
  /** Never throws: a lock that stays behind is recognized as such by the next run. */
  release(): Promise<void>;
}

/**
 * Takes the lock of a folder.
 * @throws NexushubDumpError (BUSY) only when another process holds it; whatever the file system throws otherwise.
 */
export async function takeLock(folder: string): Promise<Lock> {
  const path = join(folder, LOCK_NAME);
  const own = await describeSelf();
  const draft = `${path}.${own.token}`;
  await writeFile(draft, JSON.stringify(own), { flag: "wx", mode: 0o600 });
  try {
    // Each round either takes the lock, finds a live holder, or breaks one dead holder's lock.
    for (let round = 0; round < 10; round++) {
      if (await linkNew(draft, path)) return { release: () => release(path, own) };
      const holder = await readHolder(path);
      if (holder === null) continue;
      if (!(await isDead(holder, own))) throw busy(path, holder, own);
      await breakLock(path, holder);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new NexushubDumpError("BUSY", "another backup into this folder is just beginning", {
    object: path,
  });
}

/** The file under its final name, complete at once; false when there is one. */
async function linkNew(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    // File systems without hard links (FAT, some network shares).
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS")
      throw error;
  }
  try {
    await copyFile(draft, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Null when the lock has gone. A file that cannot be read as a lock is nobody's we could ask about. */
async function readHolder(path: string): Promise<Holder | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    throw new NexushubDumpError("BUSY", "the lock file cannot be read", {
      object: path,
      hint: "if no backup is running, remove the file",
    });
  }
}

async function isDead(holder: Holder, own: Holder): Promise<boolean> {
  if (holder.host !== own.host) return false;
  if (holder.boot !== own.boot) return true;
  // Another container's process ids mean nothing here.
  if (holder.pidSpace !== own.pidSpace) return false;
  const start = await startOf(holder.pid);
  if (start !== null && holder.start !== null) return start !== holder.start;
  // No /proc, or one that hides other users' processes.
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/**
 * Removes a dead holder's lock, and never another: of several who found it dead, the one who makes the mark removes it,
 * after looking once more that it is still the same.
 */
async function breakLock(path: string, dead: Holder): Promise<void> {
  const mark = `${path}.broken-${dead.token}`;
  try {
    await (await open(mark, "wx", 0o600)).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    // Someone else is at it.
    await new Promise((resolve) => setTimeout(resolve, 50));
    return;
  }
  try {
    if ((await readHolder(path))?.token === dead.token) await rm(path, { force: true });
  } finally {
    await rm(mark, { force: true });
  }
}

async function release(path: string, own: Holder): Promise<void> {
  try {
    if ((await readHolder(path))?.token === own.token) await rm(path, { force: true });
  } catch {
    // The folder is gone or not writable any more: nothing that the next run could not tell.
  }
}

function busy(path: string, holder: Holder, own: Holder): NexushubDumpError {
  const seen = holder.host === own.host && holder.pidSpace === own.pidSpace;
  const where = seen ? "" : ` on ${holder.host}`;
  return new NexushubDumpError(
    "BUSY",
    `another backup into this folder is running: process ${holder.pid}${where}, since ${holder.since}`,
    {
      object: path,
      hint: seen
        ? "wait for it to end; the backups that exist are not touched"
        : "whether that process still runs cannot be seen from here: if it does not, remove the file",
    },
  );
}

async function describeSelf(): Promise<Holder> {
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

/** The start time of a process in clock ticks since boot: field 22 of proc(5)'s stat; null without /proc or process. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readText(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets and may hold anything, brackets and blanks included.
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

async function readText(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    return null;
  }
}
