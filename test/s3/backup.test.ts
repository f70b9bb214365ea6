/** A folder of backups in an object store does what one on a disk does. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import type { EmbeddedServer } from "../../src/embedded/index.ts";
import { backup } from "../../src/nexushub/backup/backup.ts";
import type { BackupOptions, BackupResult } from "../../src/nexushub/backup/options.ts";
import { readLedger } from "../../src/nexushub/backup-folder/ledger.ts";
import { unlock } from "../../src/nexushub/backup-folder/unlock.ts";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { folderFinding } from "../../src/nexushub/doctor/folder-findings.ts";
import { nexusHubDrill } from "../../src/nexushub/drill/nexushub-drill.ts";
import { prune } from "../../src/nexushub/retention/prune.ts";
import type { ByteStore } from "../../src/store/folder.ts";
import { openFolder } from "../../src/store/open-folder.ts";
import { splitBackupPath } from "../../src/nexushub/backup-folder/split-path.ts";
import { md5Header } from "../../src/store/s3/md5.ts";
import { startEmbedded } from "../../src/testing/start-embedded.ts";
import { verify } from "../../src/verify/verify.ts";
import { createBucket, gateway, type TestBucket, useKeys } from "../support/s3/bucket.ts";

const BACKUP = /^nexushub-\d{8}T\d{6}Z\.(differential\.)?tar\.gz$/;

describe.skipIf(gateway === null)("a folder of backups in an object store", () => {
  const facts = gateway!;
  const key = TEST_KEY.toString("base64");
  let server: EmbeddedServer;
  let bucket: TestBucket;
  let hour = 0;
  beforeAll(async () => {
    useKeys(facts);
    server = await startEmbedded({ major: 16, settings: { autovacuum: false } });
    await loadNexusHubDemoData(server.url, { auditRows: 5000 });
  });
  afterAll(async () => server?.stop());
  beforeEach(async () => {
    bucket = await createBucket(facts);
  });

  function run(options: BackupOptions = {}): Promise<BackupResult> {
    const now = new Date(Date.UTC(2026, 10, 24, hour++));
    return backup({
      databaseUrl: server.url,
      folder: bucket.at("hub"),
      env: { ...process.env, PEER_KEY_ENCRYPTION_KEY: key },
      now: () => now,
      ...options,
    });
  }

  const names = async (): Promise<string[]> =>
    (await (await openFolder(bucket.at("hub"))).list()).map(({ name }) => name).toSorted();

  test("gets backups that are verified, reused, kept by rules, and drilled", async () => {
    const first = await run({ retention: { keep: 2 } });
    expect(first).toMatchObject({ verified: true, archives: 1, reuseSkipped: "no-backup" });
    await verify(first.path);
    const second = await run({ retention: { keep: 2 } });
    expect(second).toMatchObject({ archives: 2, reuse: { refused: null } });
    const third = await run({ retention: { keep: 2 } });
    expect(third).toMatchObject({ archives: 2, warnings: [] });
    expect(third.removed).toHaveLength(1);
    const left = await names();
    expect(left.filter((name) => BACKUP.test(name))).toHaveLength(2);
    expect(left).toHaveLength(3);
    const { ledger } = await readLedger(bucket.at("hub"));
    expect(Object.values(ledger.backups).every(({ verifiedAt }) => verifiedAt !== null)).toBe(true);
    const now = new Date(Date.UTC(2026, 10, 24, hour));
    // The newest entry of the demo data is as old as the data.
    const maxAuditAgeMs = 10 * 365 * 86_400_000;
    const report = await nexusHubDrill(bucket.at("hub"), { key: TEST_KEY, now, maxAuditAgeMs });
    expect(report).toMatchObject({ archive: third.path });
    expect(report.probes.filter(({ status }) => status === "failed")).toEqual([]);
    const pruned = await prune(bucket.at("hub"), { retention: { keep: 1 } });
    expect(pruned.removed).toHaveLength(1);
    expect((await names()).filter((name) => BACKUP.test(name))).toHaveLength(1);
    expect(await bucket.uploads()).toBe(0);
  });

  const nameOf = (path: string): string => splitBackupPath(path).name;

  test("loses what a killed run had not verified, when a new backup is there, and nothing else", async () => {
    const folder = await openFolder(bucket.at("hub"));
    /** As if the process ended between its last request for the object and the next step. */
    const kill = async (name: string): Promise<void> => {
      const { target } = await folder.draft(name);
      const sink = await (target as ByteStore).create();
      await sink.write(Buffer.from("not verified"));
      await sink.commit();
    };
    const [killed, other] = [
      "nexushub-20261101T000000Z.tar.gz",
      "nexushub-20261102T000000Z.tar.gz",
    ];
    await kill(killed);
    await bucket.bucket.put(`hub/${other}`, Buffer.from("of somebody else"));
    await expect(
      run({ databaseUrl: "postgresql://nobody@127.0.0.1:1/none" }),
    ).rejects.toMatchObject({ code: "CONNECTION" });
    expect(await names()).toContain(killed);
    const { path } = await run();
    expect(await names()).toEqual([".nexushub-dump.json", other, nameOf(path)].toSorted());

    // It was listed, and only its mark was left.
    await (await folder.draft(nameOf(path))).size();
    await run();
    expect(await names()).toContain(nameOf(path));
    expect((await bucket.keys("hub/")).filter((each) => each.includes(".unverified."))).toEqual([]);
  });

  test("is judged by the doctor", async () => {
    expect(await folderFinding(bucket.at("hub"))).toMatchObject({ status: "warning" });
    const rule = (inner: string): Buffer =>
      Buffer.from(
        `<LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>hub/</Prefix></Filter><Status>Enabled</Status>${inner}</Rule></LifecycleConfiguration>`,
      );
    const abort =
      "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>";
    const setRule = async (body: Buffer): Promise<void> =>
      void (await bucket.bucket.client.send({
        method: "PUT",
        query: { lifecycle: "" },
        headers: md5Header(body),
        body,
        action: "write",
      }));
    await setRule(rule(abort));
    expect(await folderFinding(bucket.at("hub"))).toMatchObject({
      status: "ok",
      message: expect.stringMatching(/unfinished uploads are aborted after 7 d/),
    });
    await setRule(rule(`${abort}<Expiration><Days>3</Days></Expiration>`));
    expect(await folderFinding(bucket.at("hub"))).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/lifecycle rule of the bucket removes objects/),
    });
    expect(await bucket.keys("hub/")).toEqual([]);
  });

  test("gets differential backups, whose base is beside them", async () => {
    const full = await run({ differential: true });
    expect(full.base).toBeNull();
    const next = await run({ differential: true });
    expect(next.base).not.toBeNull();
    expect(next.path).toContain(".differential.");
    await verify(next.path);
    const reader = await openArchive(next.path);
    expect(reader.base).not.toBeNull();
    await reader.close();
  });

  test("has one run at a time", async () => {
    const folder = await openFolder(bucket.at("hub"));
    const lock = await folder.takeLock();
    await expect(run()).rejects.toMatchObject({ code: "BUSY" });
    await expect(prune(bucket.at("hub"))).rejects.toMatchObject({ code: "BUSY" });
    await expect(unlock(bucket.at("hub"))).rejects.toMatchObject({ code: "BUSY" });
    expect(await unlock(bucket.at("hub"), { force: true })).toMatchObject({ removed: true });
    expect(await lock.isHeld()).toBe(false);
    await lock.release();
    await run();
    expect(await bucket.keys("hub/")).toHaveLength(2);
  });

  test("of many that begin at once, one at most gets in", async () => {
    const folder = await openFolder(bucket.at("hub"));
    let inside = 0;
    let most = 0;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, async () => {
        const lock = await folder.takeLock();
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 300));
        inside--;
        await lock.release();
      }),
    );
    expect(most).toBeLessThanOrEqual(1);
    expect(outcomes.some(({ status }) => status === "fulfilled" || status === "rejected")).toBe(
      true,
    );
    expect(await bucket.keys("hub/")).toEqual([]);
  });

  test("that failed leaves nothing but the count, and a damaged list of backups removes nothing", async () => {
    await run();
    await expect(
      run({ databaseUrl: "postgresql://nobody@127.0.0.1:1/none" }),
    ).rejects.toMatchObject({ code: "CONNECTION" });
    expect((await readLedger(bucket.at("hub"))).ledger.failures).toBe(1);
    await (await openFolder(bucket.at("hub"))).writeText(".nexushub-dump.json", "{");
    await run({ retention: { keep: 1 } });
    expect((await names()).filter((name) => BACKUP.test(name))).toHaveLength(2);
  });

  test("with object lock, retention keeps what is locked, and nobody can remove its version", async () => {
    bucket = await createBucket(facts, { locked: true });
    const folder = bucket.at("hub", "&lock-days=2&lock-mode=compliance");
    const first = await run({ folder, retention: { keep: 1 } });
    const second = await run({ folder, retention: { keep: 1 } });
    expect(second.removed).toEqual([]);
    expect(second.warnings.map(({ message }) => message).join()).toMatch(/locked until/);
    await verify(first.path);
    const { client } = bucket.bucket;
    const [name] = (await names()).filter((each) => BACKUP.test(each));
    const { headers } = await client.send({ method: "HEAD", key: `hub/${name}`, action: "read" });
    const versionId = String(headers["x-amz-version-id"]);
    const removal = { method: "DELETE", key: `hub/${name}`, query: { versionId } } as const;
    await expect(
      client.send({
        ...removal,
        headers: { "x-amz-bypass-governance-retention": "true" },
        action: "remove",
      }),
    ).rejects.toMatchObject({ code: "STORE", status: 403 });
  });
});
