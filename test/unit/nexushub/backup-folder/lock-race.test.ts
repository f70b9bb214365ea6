/** Races for a lock, step by step: calls of the file system are held back until the other run has gone on. */
import { EventEmitter, once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type * as FileSystem from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LOCK_NAME } from "../../../../src/store/lock-record.ts";

/** Called before each `link` and `rm` with the path that is created or removed. */
const gate = vi.hoisted(() => ({
  before: async (_call: "link" | "rm", _path: string): Promise<void> => undefined,
}));
vi.mock("node:fs/promises", async (original) => {
  const fs = await original<typeof FileSystem>();
  return {
    ...fs,
    async link(from: string, to: string) {
      await gate.before("link", to);
      await fs.link(from, to);
    },
    async rm(path: string, options: object) {
      await gate.before("rm", path);
      await fs.rm(path, options);
    },
  };
});

// Another test of the same process may have loaded it with the real file system.
vi.resetModules();
const { takeLock } = await import("../../../../src/store/local/lock.ts");

let folder: string;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lock-race-"));
  path = join(folder, LOCK_NAME);
});
afterEach(() => {
  gate.before = async () => undefined;
  rmSync(folder, { recursive: true });
});

/** Holds back the first call of a kind on a path; it goes on when `open` is called. */
function holdBack(
  call: "link" | "rm",
  target: string,
): { reached: Promise<unknown>; open(): void } {
  const events = new EventEmitter();
  const reached = once(events, "reached");
  const opened = once(events, "open");
  let isFirst = true;
  gate.before = async (which, where) => {
    if (which !== call || where !== target || !isFirst) return;
    isFirst = false;
    events.emit("reached");
    await opened;
  };
  return { reached, open: () => void events.emit("open") };
}

/** Leaves the lock of a process that died; returns the name that its successor gets. */
async function leaveDeadLock(): Promise<string> {
  const lock = await takeLock(folder);
  const record = JSON.parse(readFileSync(path, "utf8")) as { token: string };
  await lock.release();
  writeFileSync(path, JSON.stringify({ ...record, start: "1" }));
  return `${path}.after-${record.token}`;
}

test("a successor that is created after another run took the lock and released it does not count", async () => {
  const successor = await leaveDeadLock();
  const late = holdBack("link", successor);
  const second = takeLock(folder);
  await late.reached;
  await (await takeLock(folder)).release();
  const third = await takeLock(folder);
  late.open();
  await expect(second).rejects.toMatchObject({ code: "BUSY" });
  expect(await third.isHeld()).toBe(true);
  await third.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("such a run takes the lock anew where it is free", async () => {
  const successor = await leaveDeadLock();
  const late = holdBack("link", successor);
  const second = takeLock(folder);
  await late.reached;
  await (await takeLock(folder)).release();
  late.open();
  const lock = await second;
  expect(readdirSync(folder)).toEqual([LOCK_NAME]);
  await lock.release();
});

test("a successor that is created while the chain is being removed does not count", async () => {
  const successor = await leaveDeadLock();
  const first = await takeLock(folder);
  expect(readdirSync(folder)).toHaveLength(2);
  // The last file of the chain is still there, and the first one is gone.
  const removal = holdBack("rm", successor);
  const released = first.release();
  await removal.reached;
  const second = await takeLock(folder);
  removal.open();
  await released;
  expect(await second.isHeld()).toBe(true);
  await expect(takeLock(folder)).rejects.toMatchObject({ code: "BUSY" });
  await second.release();
  expect(readdirSync(folder)).toEqual([]);
});
