import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LOCK_NAME, takeLock } from "../../src/nexushub/backup-folder/lock.ts";

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

/** A process that takes the lock, says `taken` or the error's code, and holds on until it is told to stop. */
function holder(): Promise<{ child: ChildProcess; said: string }> {
  const program = `
    import { takeLock } from ${JSON.stringify(resolve("src/nexushub/backup-folder/lock.ts"))};
    try { const lock = await takeLock(${JSON.stringify(folder)}); console.log("taken");
      process.stdin.once("end", () => lock.release()).resume();
    } catch (error) { console.log(error.code); process.stdin.destroy(); }`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  return new Promise((done, fail) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.endsWith("\n")) done({ child, said: said.trim() });
    });
    child.on("close", () => fail(new Error(`ended, having said ${JSON.stringify(said)}`)));
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

  test("holds between processes, and is free when the holder has let go", async () => {
    const { child, said } = await holder();
    expect(said).toBe("taken");
    await expect(takeLock(folder)).rejects.toMatchObject({ code: "BUSY" });
    child.stdin!.end();
    await ended(child);
    await (await takeLock(folder)).release();
  });

  test("is not kept by a process that was killed", async () => {
    const { child } = await holder();
    child.kill("SIGKILL");
    await ended(child);
    expect(readdirSync(folder)).toEqual([LOCK_NAME]);
    const lock = await takeLock(folder);
    expect(readdirSync(folder)).toEqual([LOCK_NAME]);
    await lock.release();
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

  test("does not judge a process that it cannot see", async () => {
    for (const change of [
      { host: "elsewhere.example", boot: "b" },
      { pidSpace: "pid:[1]", start: "1" },
    ]) {
      writeFileSync(path, JSON.stringify(await dead(change)));
      await expect(takeLock(folder)).rejects.toMatchObject({
        code: "BUSY",
        hint: expect.stringContaining("cannot be seen from here"),
      });
      rmSync(path);
    }
    expect(hostname()).not.toBe("elsewhere.example");
  });

  test("refuses a lock file that it cannot read, and says what to do", async () => {
    writeFileSync(path, "");
    await expect(takeLock(folder)).rejects.toMatchObject({
      code: "BUSY",
      hint: expect.stringContaining("remove the file"),
    });
    expect(readdirSync(folder)).toEqual([LOCK_NAME]);
  });
});
