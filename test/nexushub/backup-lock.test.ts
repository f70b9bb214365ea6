import { type ChildProcess, spawn } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HEARTBEAT_MS, LOCK_NAME, STALE_MS } from "../../src/store/lock-record.ts";
import { unlock } from "../../src/nexushub/backup-folder/unlock.ts";
import { runCli } from "../support/cli.ts";
import { takeLock } from "../../src/store/local/lock.ts";

let folder: string;
let path: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
  path = join(folder, LOCK_NAME);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Starts a process that takes the lock, prints `taken` or the error's code, and holds the lock until its input ends. */
function startHolder(): Promise<{ child: ChildProcess; output: string }> {
  const program = `
    import { takeLock } from ${JSON.stringify(resolve("src/store/local/lock.ts"))};
    try { const lock = await takeLock(${JSON.stringify(folder)}); console.log("taken");
      process.stdin.once("end", () => lock.release()).resume();
    } catch (error) { console.log(error.code); process.stdin.destroy(); }`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  return new Promise((done, fail) => {
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.endsWith("\n")) done({ child, output: output.trim() });
    });
    child.on("close", () => fail(new Error(`ended after printing ${JSON.stringify(output)}`)));
  });
}
const ended = (child: ChildProcess) => new Promise((done) => child.once("close", done));

describe("takeLock", () => {
  test("lets one in, names it to the other, and leaves nothing behind", async () => {
    const lock = await takeLock(folder);
    await expect(takeLock(folder)).rejects.toMatchObject({
      code: "BUSY",
      message: expect.stringContaining(`process ${process.pid}, since `),
      object: path,
    });
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await takeLock(folder)).release();
  });

  test("holds between processes, and is free once the holder has released it", async () => {
    const { child, output } = await startHolder();
    expect(output).toBe("taken");
    await expect(takeLock(folder)).rejects.toMatchObject({ code: "BUSY" });
    child.stdin!.end();
    await ended(child);
    await (await takeLock(folder)).release();
  });

  test("is taken from a process that was killed", async () => {
    const { child } = await startHolder();
    child.kill("SIGKILL");
    await ended(child);
    expect(readdirSync(folder)).toEqual([LOCK_NAME]);
    const lock = await takeLock(folder);
    await expect(takeLock(folder)).rejects.toMatchObject({ code: "BUSY" });
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is taken from a process that was killed while it held the lock of another dead one", async () => {
    for (let killed = 0; killed < 2; killed++) {
      const { child } = await startHolder();
      child.kill("SIGKILL");
      await ended(child);
    }
    expect(readdirSync(folder)).toHaveLength(2);
    await (await takeLock(folder)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("lets exactly one of many in when a dead holder's lock lies there", async () => {
    for (let round = 0; round < 20; round++) {
      writeFileSync(path, JSON.stringify(await dead()));
      const taken = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(folder)));
      const locks = taken.filter((result) => result.status === "fulfilled");
      expect(locks).toHaveLength(1);
      for (const result of taken)
        if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "BUSY" });
      await locks[0]!.value.release();
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  /** This process's own record, as if it had started at another time: its id was given anew. */
  async function dead(change: object = { start: "1" }): Promise<object> {
    const lock = await takeLock(folder);
    const record = JSON.parse(readFileSync(path, "utf8")) as object;
    await lock.release();
    return { ...record, ...change };
  }

  test.runIf(process.platform === "linux")(
    "knows a process by its start and the machine's boot",
    async () => {
      for (const change of [{ start: "1" }, { boot: "earlier" }, { pid: 4194304, start: "1" }]) {
        writeFileSync(path, JSON.stringify(await dead(change)));
        await (await takeLock(folder)).release();
      }
    },
  );

  describe("held by a process that cannot be seen", () => {
    const UNSEEN = [
      { host: "elsewhere.example", boot: "b" },
      { pidSpace: "pid:[1]", start: "1" },
      // A container that died has another host name than the one that replaced it.
      { host: "pod-1234", pidSpace: "pid:[1]" },
    ];
    const age = (ms: number) => {
      const then = new Date(Date.now() - ms);
      utimesSync(path, then, then);
    };

    test("is respected while its heartbeat is recent", async () => {
      expect(hostname()).not.toBe("elsewhere.example");
      for (const change of UNSEEN) {
        writeFileSync(path, JSON.stringify(await dead(change)));
        age(STALE_MS - 10_000);
        await expect(takeLock(folder)).rejects.toMatchObject({
          code: "BUSY",
          hint: expect.stringContaining("cannot be seen from here"),
        });
        rmSync(path);
      }
    });

    test("is taken once its heartbeat is too old", async () => {
      for (const change of UNSEEN) {
        writeFileSync(path, JSON.stringify(await dead(change)));
        age(STALE_MS + 10_000);
        await (await takeLock(folder)).release();
        expect(readdirSync(folder)).toEqual([]);
      }
    });

    test("a lock file that is empty or damaged is respected while it is new, as it may be half-written", async () => {
      for (const text of ["", "{", '{"pid":1}']) {
        writeFileSync(path, text);
        await expect(takeLock(folder)).rejects.toMatchObject({
          code: "BUSY",
          hint: expect.stringContaining("unlock --force"),
        });
        expect(readdirSync(folder)).toEqual([LOCK_NAME]);
        age(STALE_MS + 10_000);
        await (await takeLock(folder)).release();
        expect(readdirSync(folder)).toEqual([]);
      }
    });
  });

  test("renews its modification time, and notices when another run took it over", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const lock = await takeLock(folder);
      const then = new Date(Date.now() - STALE_MS);
      utimesSync(path, then, then);
      await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
      await vi.waitFor(() => expect(statSync(path).mtimeMs).toBeGreaterThan(then.getTime()));
      expect(await lock.isHeld()).toBe(true);
      const { token } = JSON.parse(readFileSync(path, "utf8")) as { token: string };
      writeFileSync(`${path}.after-${token}`, "{}");
      expect(await lock.isHeld()).toBe(false);
      await lock.release();
      // The chain belongs to the run that took over.
      expect(readdirSync(folder)).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  test("leaves no draft when it fails", async () => {
    await takeLock(folder);
    await expect(takeLock(folder)).rejects.toMatchObject({ code: "BUSY" });
    expect(readdirSync(folder)).toEqual([LOCK_NAME]);
    await expect(takeLock(join(folder, "none"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("unlock", () => {
  test("removes the lock of a dead process, and says who held it", async () => {
    expect(await unlock(folder)).toEqual({ folder, removed: false, holder: null });
    const { child } = await startHolder();
    child.kill("SIGKILL");
    await ended(child);
    expect(await unlock(folder)).toMatchObject({
      removed: true,
      holder: { host: hostname(), pid: child.pid, state: "dead" },
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("refuses while the holder runs, or may run, unless forced", async () => {
    await takeLock(folder);
    await expect(unlock(folder)).rejects.toMatchObject({ code: "BUSY" });
    expect(await unlock(folder, { force: true })).toMatchObject({
      removed: true,
      holder: { pid: process.pid, state: "alive" },
    });
    writeFileSync(path, "");
    await expect(unlock(folder)).rejects.toMatchObject({ code: "BUSY" });
    expect(await unlock(folder, { force: true })).toMatchObject({ removed: true, holder: null });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("on the command line: exit code 1 while the holder runs, 0 otherwise", async () => {
    const lock = await takeLock(folder);
    const refused = await runCli(["unlock", folder]);
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toContain(`is running: process ${process.pid}`);
    const forced = await runCli(["unlock", folder, "--force", "--json"]);
    expect(forced.code, forced.stderr).toBe(0);
    expect(JSON.parse(forced.stdout)).toMatchObject({ folder, removed: true });
    await lock.release();
    const free = await runCli(["unlock", folder]);
    expect([free.code, free.stdout]).toEqual([0, `${folder} is not locked\n`]);
  });
});
