/** Every command takes an address where it takes an archive or a folder of backups; what it cannot take, it refuses by name. */
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { parseBackupName } from "../../src/nexushub/backup-folder/backup-name.ts";
import { openFixture } from "../../src/testing/index.ts";
import { type Finished, runCli } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { createBucket, gateway, type TestBucket, useKeys } from "../support/s3/bucket.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

vi.setConfig({ testTimeout: 600_000 });

describe.skipIf(gateway === null)("an address", () => {
  const facts = gateway!;
  const folder = temporaryFolder();
  const local = (name: string): string => join(folder.path, name);
  let env: Record<string, string>;
  let database: TestDatabase;
  let target: TestDatabase;
  let bucket: TestBucket;
  let hub: string;
  let archive: string;
  beforeAll(async () => {
    database = await freshDatabase();
    target = await freshDatabase();
    bucket = await createBucket(facts);
    hub = bucket.at("hub");
    archive = bucket.at("one/db.tar.gz");
    env = {
      ...useKeys(facts),
      DATABASE_URL: database.url,
      PEER_KEY_ENCRYPTION_KEY: TEST_KEY.toString("base64"),
    };
    await loadNexusHubDemoData(database.url, { auditRows: 300, now: new Date() });
  });
  afterAll(async () => {
    await database?.drop();
    await target?.drop();
    folder.remove();
  });

  const run = (...args: string[]): Promise<Finished> => runCli(args, env);
  async function succeeds(...args: string[]): Promise<Finished> {
    const finished = await run(...args);
    expect(finished, `${args.join(" ")}\n${finished.stderr}`).toMatchObject({ code: 0 });
    expect(finished.stdout + finished.stderr).not.toContain(facts.secretAccessKey);
    return finished;
  }

  test("is an archive: dump, inspect, verify, diff, restore, undelete", async () => {
    await succeeds("dump", "-o", archive);
    const text = gunzipSync((await bucket.bucket.get("one/db.tar.gz"))!).toString("latin1");
    expect(text).toContain("nexushub-dump.json");
    for (const key of [facts.accessKeyId, facts.secretAccessKey]) expect(text).not.toContain(key);
    await succeeds("dump", "-o", bucket.at("one/again.tar.gz"), "--reuse", archive);
    await succeeds("inspect", archive);
    await succeeds("verify", archive);
    await succeeds("diff", archive, database.url);
    await succeeds("diff", archive, bucket.at("one/again.tar.gz"));
    await succeeds("restore", archive, "--list");
    await succeeds("restore", archive, "-d", target.url, "--allow-unkeyed");
    await target.query("DELETE FROM wg_peers");
    const rows = ["--rows", "wg_peers: true", "--dry-run"];
    const on = ["-d", target.url, "--allow-unkeyed"];
    const { stdout } = await succeeds("undelete", archive, ...on, ...rows);
    expect(stdout).toMatch(/: [1-9]\d* rows inserted and rolled back/);
  });

  test("is an archive: pack, unpack, convert, and a plain dump", async () => {
    await succeeds("pack", archive, local("packed"));
    await succeeds("unpack", local("packed"), bucket.at("one/unpacked.tar.gz"));
    await succeeds("verify", bucket.at("one/unpacked.tar.gz"));
    const dump = bucket.at("one/db.sql.gz");
    await succeeds("convert", archive, dump);
    // Compressed by its name, whatever options follow it.
    const bytes = await bucket.bucket.get("one/db.sql.gz");
    expect(gunzipSync(bytes!).toString()).toContain("CREATE TABLE public.wg_peers");
    await succeeds("inspect", dump);
    await succeeds("restore", dump, "-d", target.url, "--force", "--dry-run");
    // Nothing in its name says what it is.
    await bucket.bucket.put("one/archive", (await bucket.bucket.get("one/db.tar.gz"))!);
    const unnamed = await succeeds("restore", bucket.at("one/archive"), "--list");
    expect(unnamed.stdout).toContain("wg_peers");
  });

  test("is a folder: backup, list, report, verify, hold, drill, copy, merge, prune, doctor, unlock", async () => {
    await succeeds("backup", hub);
    // Names say seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await succeeds("backup", hub, "--differential", "--keep", "5");
    const backups = async (): Promise<string[]> =>
      (await bucket.keys("hub/"))
        .map((key) => key.slice("hub/".length))
        .filter((name) => parseBackupName(name) !== null);
    const [full, differential] = (await backups()).toSorted(
      (a, b) => Number(a.includes("differential")) - Number(b.includes("differential")),
    );
    expect((await succeeds("list", hub)).stdout).toContain(full);
    const report = await succeeds("report", hub, "-o", local("report.html"), "--json");
    expect(JSON.parse(report.stdout)).toMatchObject({ backups: 2 });
    await succeeds("verify", hub);
    await succeeds("hold", bucket.at(`hub/${full}`));
    await succeeds("hold", bucket.at(`hub/${full}`), "--release");
    await succeeds("drill", hub);
    const over = ["-d", target.url, "--force"];
    await succeeds("restore", hub, ...over);
    await succeeds("restore", hub, ...over, "--backup-first", bucket.at("old"));
    expect((await bucket.keys("old/")).join()).toMatch(/before-restore-/);
    await succeeds("copy", hub, bucket.at("second"));
    await succeeds("copy", bucket.at(`hub/${full}`), local("away/"));
    await succeeds("merge", bucket.at(`hub/${differential}`), "-o", bucket.at("one/merged.tar.gz"));
    await succeeds("verify", bucket.at("one/merged.tar.gz"));
    await succeeds("prune", hub, "--keep", "1");
    await succeeds("unlock", hub);
    expect((await run("doctor", hub)).stdout).toContain(`s3://${bucket.name}/hub`);
    expect((await succeeds("schedule", "cron", "--folder", hub)).stdout).toContain(hub);
    await succeeds("backup", local("near"), "--copy-to", bucket.at("third"));
    expect(await bucket.keys("third/")).toHaveLength(2);
    expect(await bucket.uploads()).toBe(0);
  });

  test("is an archive: openFixture", async () => {
    const fixture = await openFixture({ keepTemplateMs: 0, server: database.url, archive });
    try {
      const copy = await fixture.database();
      expect(copy.url).toContain("postgres");
    } finally {
      await fixture.close();
    }
  });

  test.each([
    ["pack", () => ["pack", archive, bucket.at("packed")], /a packed folder .* this machine/],
    ["unpack", () => ["unpack", bucket.at("packed"), local("x.tar.gz")], /a packed folder/],
    ["report", () => ["report", hub, "-o", bucket.at("r.html")], /the report is written to a file/],
    ["drill", () => ["drill", hub, "--html", bucket.at("r.html")], /the report is written to/],
    [
      "backup",
      () => ["backup", hub, "--metrics-file", `s3://${bucket.name}/x.prom`],
      /metrics are written to a file/,
    ],
    ["dump", () => ["dump", "-o", `s3://${bucket.name}`], /names a bucket, and no object in it/],
    [
      "limit-rate",
      () => ["dump", "-o", local("y.tar.gz"), "--limit-rate", "1M"],
      /for object stores/,
    ],
    [
      "no keys",
      () => ["dump", "-o", `s3://${facts.accessKeyId}:x@bucket/y`],
      /connection string, where a path belongs/,
    ],
  ] as const)("is refused by name: %s", async (_name, args, message) => {
    const finished = await run(...args());
    expect(finished, finished.stderr).toMatchObject({ code: 2 });
    expect(finished.stderr).toMatch(message);
  });

  test("opens an encrypted archive by its name, whatever options follow it", async () => {
    const address = bucket.at("one/db.tar.gz.age");
    await bucket.bucket.put("one/db.tar.gz.age", (await bucket.bucket.get("one/db.tar.gz"))!);
    const finished = await run("inspect", address);
    // It is a plain archive: somebody put it there.
    expect(finished.code).toBe(3);
    expect(finished.stderr).toMatch(/not encrypted/);
  });
});
