/**
 * The lock of a backup folder: one run at a time. Node has no flock(2), so it is made of files that are created
 * exclusively. A lock whose holder died is never removed by the next run, because between reading and removing it could
 * already be another one. Instead the next run creates a successor, `<lock>.after-<token>`, and of several runs exactly
 * one can. The lock is held by the last file of that chain; its holder removes the chain when it is done, first file
 * first, so that a successor created too late is recognized: the first file is no longer the one that was read.
 */
import { constants } from "node:fs";
import { copyFile, type FileHandle, link, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { NexushubDumpError } from "../../errors.ts";
import { temporaryName } from "../../util/temp-file.ts";
import type { Lock, LockOptions } from "../folder.ts";
import {
  describeThisProcess,
  HEARTBEAT_MS,
  judgeLock,
  LOCK_NAME,
  type LockFile,
  type LockRecord,
  readLockFile,
} from "../lock-record.ts";
import { lockedError } from "../locked-error.ts";

/** A lock in use is at most created a few times anew while this process tries to take it. */
const ATTEMPTS = 10;

/**
 * Takes the lock of a folder.
 * @throws NexushubDumpError (BUSY) only when another run holds it; and what the file system throws.
 */
export async function takeLock(folder: string, { makeRoom }: LockOptions = {}): Promise<Lock> {
  const path = join(folder, LOCK_NAME);
  const self = await describeThisProcess();
  const draft = await createDraft(folder, self, async () => {
    await refuseIfHeld(path, self, Date.now());
    return (await makeRoom?.()) ?? false;
  });
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const chain = await refuseIfHeld(path, self, draft.createdMs);
      const last = chain.at(-1);
      const file = last === undefined ? path : successorOf(path, last.token);
      if (!(await createExclusively(draft.path, file))) continue;
      const lock = new HeldLock([...chain.map((each) => each.path), file], chain[0]?.token, self);
      if (await lock.isHeld()) return lock.start();
      await rm(file, { force: true });
    }
  } finally {
    await rm(draft.path, { force: true });
  }
  throw new NexushubDumpError("BUSY", "another backup into this folder is just beginning", {
    object: path,
  });
}

class HeldLock implements Lock {
  /** The chain, this lock's file last. */
  readonly #files: readonly string[];
  readonly #firstToken: string;
  readonly #self: LockRecord;
  #file: FileHandle | undefined;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(files: readonly string[], firstToken: string | undefined, self: LockRecord) {
    this.#files = files;
    this.#firstToken = firstToken ?? self.token;
    this.#self = self;
  }

  /** Begins to renew the modification time: the file is overwritten with what it holds, which needs no free space. */
  async start(): Promise<this> {
    const text = JSON.stringify(this.#self);
    this.#file = await open(this.#files.at(-1)!, "r+").catch(() => undefined);
    const beat = async (): Promise<void> => {
      await this.#file?.write(text, 0);
      await this.#file?.datasync();
    };
    this.#heartbeat = setInterval(() => void beat().catch(() => undefined), HEARTBEAT_MS);
    this.#heartbeat.unref();
    return this;
  }

  async isHeld(): Promise<boolean> {
    const [first, file] = [this.#files[0]!, this.#files.at(-1)!];
    const isUnchanged =
      (await readLockFile(first))?.token === this.#firstToken &&
      (await readLockFile(file))?.token === this.#self.token;
    return isUnchanged && (await readLockFile(successorOf(first, this.#self.token))) === null;
  }

  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    try {
      await this.#file?.close();
      if (await this.isHeld()) await removeChain(this.#files);
    } catch {
      // The folder is gone or no longer writable. The next run will find the lock of a dead process.
    }
  }
}

/** Removes the files of a chain, the first one first. */
export async function removeChain(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file, { force: true });
}

/** Reads the lock and its successors; empty when nobody has taken it. */
export async function readChain(path: string): Promise<LockFile[]> {
  const chain: LockFile[] = [];
  for (let file = await readLockFile(path); file !== null;) {
    chain.push(file);
    file = await readLockFile(successorOf(path, file.token));
  }
  return chain;
}

function successorOf(path: string, token: string): string {
  return `${path}.after-${token}`;
}

async function refuseIfHeld(path: string, self: LockRecord, nowMs: number): Promise<LockFile[]> {
  const chain = await readChain(path);
  const last = chain.at(-1);
  if (last !== undefined) {
    const state = await judgeLock(last, self, nowMs);
    if (state !== "dead") throw lockedError({ ...last, state });
  }
  return chain;
}

/**
 * Writes the lock file under a temporary name, synced: a lock that is empty after a power loss would not name its holder.
 * @param makeRoom called when the disk is full; false gives up.
 */
async function createDraft(
  folder: string,
  self: LockRecord,
  makeRoom: () => Promise<boolean>,
): Promise<{ path: string; createdMs: number }> {
  for (;;) {
    const path = join(folder, temporaryName(LOCK_NAME));
    try {
      const file = await open(path, "wx", 0o600);
      try {
        await file.writeFile(JSON.stringify(self));
        await file.sync();
        return { path, createdMs: (await file.stat()).mtimeMs };
      } finally {
        await file.close();
      }
    } catch (error) {
      await rm(path, { force: true });
      const { code } = error as NodeJS.ErrnoException;
      const isFull = code === "ENOSPC" || code === "EDQUOT";
      if (!isFull || !(await makeRoom())) throw error;
    }
  }
}

const NO_HARD_LINKS: ReadonlySet<string | undefined> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
]);

/** Gives the draft its final name, complete from the start; false when the name is taken. */
async function createExclusively(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENOENT: a run that has the lock took the draft for a leftover.
    if (code === "EEXIST" || code === "ENOENT") return false;
    if (!NO_HARD_LINKS.has(code)) throw error;
  }
  // FAT and some network shares have no hard links: for a moment the copy is incomplete there.
  try {
    await copyFile(draft, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
