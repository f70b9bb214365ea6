/** What is left of an embedded server after its owner was killed at various moments: nothing. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startEmbedded } from "../../src/embedded/index.ts";
import { temporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";

const CHILD = join(import.meta.dirname, "child.ts");

let base: TemporaryFolder;

beforeEach(() => {
  base = temporaryFolder();
});

afterEach(() => {
  base.remove();
});

function owner(...args: string[]): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", CHILD, ...args], {
    env: { ...process.env, TMPDIR: base.path },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Waits for the child's word that its server is ready. */
async function ready(child: ChildProcess): Promise<{ pid: number; data: string }> {
  const [chunk] = (await once(child.stdout!, "data")) as [Buffer];
  return JSON.parse(chunk.toString()) as { pid: number; data: string };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 30_000; !condition();) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await sleep(5);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const servers = (): string[] =>
  readdirSync(base.path)
    .filter((name) => name.startsWith("nexushub-dump-pg-"))
    .map((name) => join(base.path, name));

describe("kill -9 of the owner", () => {
  test("ends a running server and removes its folder", async () => {
    const child = owner();
    const { pid, data } = await ready(child);
    expect(isAlive(pid)).toBe(true);
    expect(existsSync(data)).toBe(true);
    child.kill("SIGKILL");
    await until(() => !isAlive(pid), "the server's end");
    await until(() => servers().length === 0, "the folder's end");
  });

  for (const file of [
    "owner",
    "data",
    "data/PG_VERSION",
    "data/postgresql.conf",
    "data/postmaster.pid",
  ]) {
    test(`ends a start that has come to ${file}`, async () => {
      const child = owner();
      await until(() => servers().some((folder) => existsSync(join(folder, file))), file);
      child.kill("SIGKILL");
      await once(child, "exit");
      await until(() => servers().length === 0, "the folder's end");
    });
  }

  test("with its supervisor: the next start ends the server", async () => {
    const child = owner();
    const { pid } = await ready(child);
    base.killSupervisor(servers()[0]!);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isAlive(pid)).toBe(true);

    const next = owner("leave");
    const exited = once(next, "exit");
    await ready(next);
    await until(() => !isAlive(pid), "the old server's end");
    await exited;
    await until(() => servers().length === 0, "both folders' end");
  });
});

describe("an owner with nothing more to do", () => {
  test("ends by itself, and the server with it", async () => {
    const child = owner("leave");
    const exited = once(child, "exit");
    const { pid } = await ready(child);
    const [code] = (await exited) as [number];
    expect(code).toBe(0);
    await until(() => !isAlive(pid) && servers().length === 0, "the server's end");
  });
});

describe("folders that lie around", () => {
  const folder = (name: string, ownedBy: string | undefined): string => {
    const path = join(base.path, name);
    mkdirSync(path);
    if (ownedBy !== undefined) writeFileSync(join(path, "owner"), ownedBy);
    return path;
  };

  test("go when nobody looks after them, and stay when somebody does or may", async () => {
    const dead = folder("nexushub-dump-pg-dead", `999999999 ${hostname()}\n`);
    const reused = folder("nexushub-dump-pg-reused", `${process.pid} ${hostname()}\n`);
    const abandoned = folder("nexushub-dump-pg-abandoned", undefined);
    utimesSync(abandoned, 1, 1);
    const starting = folder("nexushub-dump-pg-starting", undefined);
    const elsewhere = folder("nexushub-dump-pg-elsewhere", "999999999 another-host\n");
    const foreign = folder("something-else", undefined);

    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = base.path;
    try {
      await (await startEmbedded()).stop();
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
    expect([dead, reused, abandoned].filter((path) => existsSync(path))).toEqual([]);
    expect([starting, elsewhere, foreign].every((path) => existsSync(path))).toBe(true);
  });
});
