/**
 * What stands in the way of a swap is refused before anything is done. A cluster of its own, because slots and prepared
 * transactions need settings, and a small disk a tablespace.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync } from "node:fs";
import { statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { serverAccount } from "../../src/embedded/account.ts";
import type { ProgressEvent } from "../../src/events.ts";
import { withDatabaseName } from "../../src/sql/conninfo/format.ts";
import { restore } from "../../src/swap/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { type Cluster, createCluster } from "../support/cluster.ts";
import { loudly } from "../support/loudly.ts";

const ROWS = 20_000;
const archive = new MemoryStore();
let cluster: Cluster;
beforeAll(async () => {
  cluster = createCluster(15, [
    "wal_level = logical",
    "max_prepared_transactions = 1",
    "max_replication_slots = 1",
  ]);
  await cluster.query("CREATE DATABASE source");
  await cluster.query("CREATE DATABASE shop");
  await cluster.query("CREATE ROLE app LOGIN CREATEDB");
  const source = withDatabaseName(cluster.url, "source");
  await withClient(
    source,
    `CREATE TABLE t AS SELECT n, md5(n::text) FROM generate_series(1, ${ROWS}) n`,
  );
  await dump(source, archive);
});
afterAll(() => cluster.remove());

async function withClient(url: string, sql: string): Promise<void> {
  const { Client } = await import("pg");
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const shop = (): string => withDatabaseName(cluster.url, "shop");
const databases = async (): Promise<unknown[]> =>
  (await cluster.query("SELECT datname FROM pg_database WHERE datname LIKE 'shop%'")).map(
    ({ datname }) => datname,
  );

/** Restores beside a database, which must be refused for one reason, with nothing done. */
async function refused(url: string, reason: RegExp): Promise<void> {
  const before = await databases();
  const phases: string[] = [];
  const result = restore(archive, url, {
    swap: {},
    onProgress: (event) => void (event.type === "phase" && phases.push(event.phase)),
  });
  await expect(result).rejects.toMatchObject({
    code: "SWAP_REFUSED",
    message: expect.stringMatching(reason),
  });
  expect(phases).toEqual(["connect"]);
  expect(await databases()).toEqual(before);
}

test("logical replication slots", async () => {
  await withClient(shop(), "SELECT pg_create_logical_replication_slot('feed', 'test_decoding')");
  try {
    await refused(shop(), /cannot be exchanged: it has the logical replication slots feed, [^;]*$/);
  } finally {
    await withClient(shop(), "SELECT pg_drop_replication_slot('feed')");
  }
});

test("prepared transactions", async () => {
  await withClient(shop(), "BEGIN; CREATE TABLE p (); PREPARE TRANSACTION 'half'");
  try {
    await refused(shop(), /cannot be exchanged: it has the prepared transactions half$/);
  } finally {
    await withClient(shop(), "ROLLBACK PREPARED 'half'");
  }
});

test("subscriptions", async () => {
  await withClient(
    shop(),
    "CREATE SUBSCRIPTION feed CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false)",
  );
  try {
    await refused(shop(), /cannot be exchanged: it has the subscriptions feed, [^;]*$/);
  } finally {
    await withClient(
      shop(),
      "ALTER SUBSCRIPTION feed DISABLE; ALTER SUBSCRIPTION feed SET (slot_name = NONE); DROP SUBSCRIPTION feed",
    );
  }
});

test("a login that may not create databases", async () => {
  await cluster.query("CREATE ROLE owner LOGIN; ALTER DATABASE shop OWNER TO owner");
  try {
    const url = new URL(shop());
    url.username = "owner";
    await refused(url.href, /cannot be exchanged: the login owner may not create databases$/);
  } finally {
    await cluster.query("ALTER DATABASE shop OWNER TO postgres; DROP ROLE owner");
  }
});

test("a tablespace that the login may not use", async () => {
  const folder = serverFolder();
  await cluster.query(`CREATE TABLESPACE other LOCATION '${folder}'`);
  await cluster.query("CREATE DATABASE shop_other OWNER app TABLESPACE other");
  try {
    const url = new URL(withDatabaseName(cluster.url, "shop_other"));
    url.username = "app";
    await refused(
      url.href,
      /cannot be exchanged: the login app may create nothing in the tablespace other$/,
    );
    await cluster.query("GRANT CREATE ON TABLESPACE other TO app");
    const { swap } = await restore(archive, url.href, { swap: { keepOld: 0 } });
    expect(swap).toMatchObject({ kept: null });
  } finally {
    await cluster.query("DROP DATABASE shop_other");
    await cluster.query("DROP TABLESPACE other");
    rmSync(folder, { recursive: true });
  }
});

/** A folder for files of the server. */
function serverFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "nexushub-dump-tablespace-"));
  giveToServer(path);
  return path;
}

function giveToServer(path: string): void {
  const account = serverAccount();
  if (account !== undefined) chownSync(path, account.uid, account.gid);
  chmodSync(path, 0o700);
}

/** Null where this process may not mount. */
function smallDisk(): { readonly path: string; remove(): void } | null {
  const path = mkdtempSync(join(tmpdir(), "nexushub-dump-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=32m", "tmpfs", path], { stdio: "pipe" });
  } catch {
    rmSync(path, { recursive: true });
    return null;
  }
  giveToServer(path);
  return {
    path,
    remove() {
      execFileSync("umount", [path]);
      rmSync(path, { recursive: true });
    },
  };
}

const disk = smallDisk();
const why = disk === null ? loudly("a full disk is not tested: this process cannot mount one") : "";
afterAll(() => disk?.remove());

test.skipIf(disk === null)(`a disk without room ${why}`, async () => {
  const { path } = disk!;
  await cluster.query(`CREATE TABLESPACE small LOCATION '${path}'`);
  await cluster.query("CREATE DATABASE shop_small TABLESPACE small");
  try {
    const url = withDatabaseName(cluster.url, "shop_small");
    const { bavail, bsize } = await statfs(path);
    await writeFile(join(path, "filler"), Buffer.alloc(bavail * bsize - 500_000));
    await refused(
      url,
      /cannot be exchanged: the new database takes more than [\d.]+ KiB beside the old one, and the server's disk has \d+\S* KiB free$/,
    );
    rmSync(join(path, "filler"));
    // With room for the rows, and none for a database: it is said, and tried.
    const free = (await statfs(path)).bavail * bsize;
    await writeFile(join(path, "filler"), Buffer.alloc(free - 1_000_000));
    const events: ProgressEvent[] = [];
    const failed = restore(archive, url, { swap: {}, onProgress: (event) => events.push(event) });
    await expect(failed).rejects.toMatchObject({ code: "SERVER" });
    expect(events).toContainEqual(expect.objectContaining({ type: "warning", code: "disk-space" }));
    expect(await databases()).toEqual(["shop", "shop_small"]);
  } finally {
    await cluster.query("DROP DATABASE shop_small");
    await cluster.query("DROP TABLESPACE small");
  }
});

test("free space is known to who may know where the server's files are, and to nobody else", async () => {
  const freeFor = async (url: string): Promise<unknown> => {
    const events: ProgressEvent[] = [];
    const onProgress = (event: ProgressEvent): void => void events.push(event);
    await restore(archive, url, { swap: {}, dryRun: true, onProgress });
    return events.find((event) => event.type === "disk")?.freeBytes;
  };
  expect(await freeFor(shop())).toBeGreaterThan(0);
  await cluster.query("ALTER DATABASE shop OWNER TO app");
  try {
    const url = new URL(shop());
    url.username = "app";
    expect(await freeFor(url.href)).toBeNull();
  } finally {
    await cluster.query("ALTER DATABASE shop OWNER TO postgres");
  }
});
