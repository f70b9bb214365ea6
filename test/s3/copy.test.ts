/** Copies of backups between a disk and a real object store: whole or not there, whatever happens meanwhile. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { backupName } from "../../src/nexushub/backup-folder/backup-name.ts";
import { readLedger } from "../../src/nexushub/backup-folder/ledger.ts";
import { copyArchive } from "../../src/nexushub/copy/copy-archive.ts";
import { copyBackups } from "../../src/nexushub/copy/copy-backups.ts";
import { listFolder } from "../../src/nexushub/list/list.ts";
import { prune } from "../../src/nexushub/retention/prune.ts";
import { verify } from "../../src/verify/verify.ts";
import { runCli, startCli } from "../support/cli.ts";
import { forge } from "../support/forge.ts";
import { createBucket, gateway, type TestBucket, useKeys } from "../support/s3/bucket.ts";
import { type FaultProxy, startFaultProxy } from "../support/s3/fault-proxy.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const MIB = 1024 * 1024;
const LEDGER = ".nexushub-dump.json";

describe.skipIf(gateway === null)("backups are copied", () => {
  const facts = gateway!;
  const all = temporaryFolder();
  const proxies: FaultProxy[] = [];
  let env: Record<string, string>;
  let archive: Buffer;
  let bucket: TestBucket;
  let from: string;
  let count = 0;
  beforeAll(async () => {
    env = useKeys(facts);
    const line = `1\t${randomBytes(50_000).toString("hex")}\n`;
    const entries = [{ name: "data/1/1.copy", body: line.repeat(180) }];
    archive = await forge({ entries, compression: "none" });
    expect(archive.length).toBeGreaterThan(17 * MIB);
  });
  afterAll(() => all.remove());
  beforeEach(async () => {
    bucket = await createBucket(facts);
    from = join(all.path, `from-${++count}`);
    mkdirSync(from);
  });
  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.close();
  });

  const dayName = (day: number): string => backupName(new Date(Date.UTC(2026, 10, day)), "tar");

  async function makeBackups(...days: number[]): Promise<void> {
    for (const day of days) writeFileSync(join(from, dayName(day)), archive);
    await prune(from, { adopt: true });
  }

  async function proxied(): Promise<{ proxy: FaultProxy; to: string }> {
    const proxy = await startFaultProxy(facts.endpoint);
    proxies.push(proxy);
    return { proxy, to: `s3://${bucket.name}/hub?endpoint=${proxy.endpoint}` };
  }

  const keysOf = (...days: number[]): string[] => [LEDGER, ...days.map(dayName)].toSorted();
  const keys = async (): Promise<string[]> =>
    (await bucket.keys("hub/")).map((key) => key.slice("hub/".length)).toSorted();

  test("there and back, byte for byte, and count as backups", async () => {
    await makeBackups(1, 2, 3);
    const there = await runCli(["copy", from, bucket.at("hub"), "--json"], env);
    expect(there).toMatchObject({ code: 0 });
    expect(JSON.parse(there.stdout)).toMatchObject({ copied: 3, archiveBytes: 3 * archive.length });
    expect(there.stderr + there.stdout).not.toContain(facts.secretAccessKey);
    expect(await keys()).toEqual(keysOf(1, 2, 3));
    expect(await bucket.uploads()).toBe(0);
    const { backups } = await listFolder(bucket.at("hub"));
    expect(backups.every(({ verifiedAt }) => verifiedAt !== null)).toBe(true);
    const again = await copyBackups(from, bucket.at("hub"));
    expect(again).toMatchObject({ copied: 0, present: 3 });

    const back = join(all.path, "back");
    await copyBackups(bucket.at("hub"), back, { newest: 2 });
    await copyArchive(bucket.at(`hub/${dayName(1)}`), `${back}/`);
    for (const day of [1, 2, 3])
      expect(readFileSync(join(back, dayName(day))).equals(archive)).toBe(true);
    expect(await copyBackups(bucket.at("hub"), bucket.at("second"))).toMatchObject({ copied: 3 });
    await verify(bucket.at(`second/${dayName(2)}`));
    const { removed } = await prune(bucket.at("hub"), { retention: { keep: 1 } });
    expect(removed).toEqual([dayName(2), dayName(1)]);
  });

  test("although every third request fails", async () => {
    await makeBackups(1);
    const { proxy, to } = await proxied();
    let requests = 0;
    const faults = [
      { status: 503, code: "SlowDown" },
      { reset: "before" },
      { status: 500 },
    ] as const;
    proxy.fault = () => (++requests % 3 === 0 ? faults[(requests % 9) % 3] : undefined);
    expect(await copyBackups(from, to)).toMatchObject({ copied: 1 });
    expect(await keys()).toEqual(keysOf(1));
    expect(await bucket.uploads()).toBe(0);
  });

  test("not at all when the gateway answers 503 from the middle on, and wholly by the next run", async () => {
    await makeBackups(1);
    const { proxy, to } = await proxied();
    proxy.fault = ({ url }) =>
      /partNumber=[2-9]/.test(url ?? "") ? { status: 503, code: "ServiceUnavailable" } : undefined;
    await expect(copyBackups(from, to)).rejects.toMatchObject({ code: "STORE", status: 503 });
    expect(await keys()).toEqual([]);
    expect(await bucket.uploads()).toBe(0);
    proxy.fault = () => undefined;
    expect(await copyBackups(from, to)).toMatchObject({ copied: 1, failed: 0 });
    expect(await keys()).toEqual(keysOf(1));
    expect(await bucket.uploads()).toBe(0);
  });

  test("not at all when the process is killed in the middle, and wholly by the next run", async () => {
    await makeBackups(1);
    const to = bucket.at("hub");
    const killed = startCli(["copy", from, to, "--limit-rate", "3M"], env);
    await vi.waitFor(async () => expect(await bucket.uploads()).toBe(1), {
      timeout: 60_000,
      interval: 100,
    });
    killed.process.kill("SIGKILL");
    await killed.finished;
    expect((await keys()).filter((key) => key.startsWith("nexushub-"))).toEqual([]);
    expect(await copyBackups(from, to)).toMatchObject({ copied: 1 });
    expect(await keys()).toEqual(keysOf(1));
    expect(await bucket.uploads()).toBe(0);
  });

  test("when a killed run had not listed its copy: it is verified, or refused", async () => {
    await makeBackups(1, 2);
    await bucket.bucket.put(`hub/${dayName(1)}`, archive);
    await bucket.bucket.put(`hub/${dayName(2)}`, Buffer.from(archive).fill(0, 99, 999));
    const result = await copyBackups(from, bucket.at("hub"));
    expect(result.archives.map(({ state, code }) => [state, code])).toEqual([
      ["failed", "MISMATCH"],
      ["listed", null],
    ]);
    expect(Object.keys((await readLedger(bucket.at("hub"))).ledger.backups)).toEqual([dayName(1)]);
  });

  test("not when they are damaged: such a one is not even sent, and none that came stays", async () => {
    await makeBackups(1, 2);
    const damaged = Buffer.from(archive);
    damaged[9 * MIB]! ^= 1;
    writeFileSync(join(from, dayName(2)), damaged);
    const { proxy, to } = await proxied();
    const result = await copyBackups(from, to);
    expect(result).toMatchObject({ copied: 1, failed: 1 });
    // What is asked for is the mark beside the name at most.
    expect(proxy.seen.lines.filter((line) => line.includes(`/${dayName(2)}`))).toEqual([]);
    const cli = await runCli(["copy", from, to], env);
    expect(cli).toMatchObject({ code: 4 });
    expect(cli.stdout).toMatch(/FAILED .*the archive is damaged: data\/1\/1\.copy/);
    expect(await keys()).toEqual(keysOf(1));

    // From a store, the copy is verified: nothing of it stays.
    await bucket.bucket.put(`bad/${dayName(2)}`, damaged);
    const back = join(all.path, "bad");
    await expect(copyArchive(bucket.at(`bad/${dayName(2)}`), `${back}/`)).rejects.toMatchObject({
      code: "ARCHIVE_DAMAGED",
    });
    expect(existsSync(back)).toBe(false);
  });

  test("and locked against removal", async () => {
    await makeBackups(1, 2);
    bucket = await createBucket(facts, { locked: true });
    const copied = await runCli(["copy", from, bucket.at("hub"), "--lock-days", "2"], env);
    expect(copied).toMatchObject({ code: 0 });
    const { removed, warnings } = await prune(bucket.at("hub"), { retention: { keep: 1 } });
    expect(removed).toEqual([]);
    expect(warnings.map(({ message }) => message).join()).toMatch(/locked until/);
  });
});
