/**
 * What is not as usual around a swap: others change the live database while the new one is filled, roles have settings for
 * applications, and somebody worked on the kept database before an undo.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { readOnlyStore } from "../../src/archive/storage/read-only-store.ts";
import { withDatabaseName } from "../../src/sql/conninfo/format.ts";
import { restore } from "../../src/swap/restore.ts";
import { dropExpiredDatabases, listKeptDatabases, undoSwap } from "../../src/swap/undo.ts";
import { MemoryStore } from "../support/archives.ts";
import { type Cluster, createCluster } from "../support/cluster.ts";
import { withDatabase } from "../support/postgres.ts";
import { statementProxy } from "../support/statement-proxy.ts";

const archive = new MemoryStore();
beforeAll(async () => {
  await withDatabase(
    async (source) => {
      await source.query(
        "CREATE TABLE t AS SELECT n, md5(n::text) FROM generate_series(1, 20000) n",
      );
      await dump(source.url, archive);
    },
    { major: 13 },
  );
});

/** Restores beside a database; something happens while the new one is filled. */
function restoreWhile(url: string, happens: () => Promise<unknown>): ReturnType<typeof restore> {
  let happened: Promise<unknown> | undefined;
  // No rows come before it has happened, unless the server has it wait for the transaction that copies them.
  const held = readOnlyStore(async () => {
    const source = await archive.open();
    const read = async (offset: number, length: number): Promise<Buffer> => {
      await Promise.race([happened, happened && sleep(3000)]);
      return source.read(offset, length);
    };
    return { size: source.size, read, close: () => source.close() };
  });
  return restore(held, url, {
    swap: { keepOld: 0 },
    onProgress: (event) => {
      if (event.type === "phase" && event.phase === "pre-data") happened = happens();
    },
  });
}

describe.each([13, 15, 18])("PostgreSQL %i", (major) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = createCluster(major, [
      "wal_level = logical",
      "max_prepared_transactions = 1",
      "max_replication_slots = 1",
    ]);
    await cluster.query("CREATE DATABASE shop");
  });
  afterAll(() => cluster.remove());

  const urlOf = (name: string, role = "postgres"): string => {
    const url = new URL(withDatabaseName(cluster.url, name));
    url.username = role;
    return url.href;
  };
  const databases = async (like = "shop%"): Promise<unknown[]> =>
    (
      await cluster.query(
        `SELECT datname FROM pg_database WHERE datname LIKE ${escapeLiteral(like)} ORDER BY 1`,
      )
    ).map(({ datname }) => datname);
  async function inShop(sql: string, name = "shop"): Promise<void> {
    const client = new Client(urlOf(name));
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  test.each([
    [
      "a logical replication slot",
      "SELECT pg_create_logical_replication_slot('feed', 'test_decoding')",
      "SELECT pg_drop_replication_slot('feed')",
      /has the logical replication slots feed/,
    ],
    [
      "a prepared transaction",
      "BEGIN; CREATE TABLE p (); PREPARE TRANSACTION 'half'",
      "ROLLBACK PREPARED 'half'",
      /has the prepared transactions half/,
    ],
    [
      "becoming a template",
      "ALTER DATABASE shop IS_TEMPLATE true",
      "ALTER DATABASE shop IS_TEMPLATE false",
      /is a template/,
    ],
  ])("%s after the first look is refused", async (_, sql, back, reason) => {
    try {
      await expect(restoreWhile(urlOf("shop"), () => inShop(sql))).rejects.toMatchObject({
        code: "SWAP_REFUSED",
        message: expect.stringMatching(reason),
      });
      expect(await databases()).toEqual(["shop"]);
    } finally {
      await inShop(back);
    }
  });

  test("another database that got the name meanwhile is left alone", async () => {
    const replaced = async (): Promise<void> => {
      await cluster.query("ALTER DATABASE shop RENAME TO moved");
      await cluster.query("CREATE DATABASE shop");
    };
    await expect(restoreWhile(urlOf("shop"), replaced)).rejects.toMatchObject({
      code: "SWAP_REFUSED",
      message: expect.stringContaining("was dropped, renamed or exchanged"),
    });
    expect(await databases()).toEqual(["shop"]);
    await cluster.query("DROP DATABASE moved");
  });

  test("settings of a role for its applications do not end or refuse a swap", async () => {
    await cluster.query("CREATE ROLE reader LOGIN SUPERUSER");
    await cluster.query("ALTER ROLE reader SET default_transaction_read_only = on");
    await cluster.query("ALTER ROLE reader SET lock_timeout = 1");
    if (major >= 14) await cluster.query("ALTER ROLE reader SET idle_session_timeout = 100");
    const { swap } = await restoreWhile(urlOf("shop", "reader"), () => sleep(500));
    expect(swap).toMatchObject({ kept: null });
  });

  test("what the login may not give the new database leaves nothing behind", async () => {
    await cluster.query("CREATE ROLE app LOGIN CREATEDB");
    await cluster.query("CREATE DATABASE shop_app OWNER app");
    await cluster.query("ALTER DATABASE shop_app SET log_min_duration_statement = 0");
    await expect(restore(archive, urlOf("shop_app", "app"), { swap: {} })).rejects.toMatchObject({
      sqlState: "42501",
      hint: expect.stringContaining("such as a superuser"),
    });
    expect(await databases("shop_app%")).toEqual(["shop_app"]);
    await cluster.query("DROP DATABASE shop_app");
  });

  test("a name that databases of two encodings read as different texts", async () => {
    await cluster.query(
      "CREATE DATABASE café ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'",
    );
    const url = urlOf("café");
    const { swap } = await restore(archive, url, { swap: {} });
    expect(await databases("caf%")).toEqual(["café", swap!.kept]);
    await undoSwap(url, { keepOld: 0 });
    expect(await dropExpiredDatabases(url)).toHaveLength(1);
    expect(await databases("caf%")).toEqual(["café"]);
    await cluster.query("DROP DATABASE café");
  });

  test("a kept database that takes no connections does not take the place", async () => {
    const { swap } = await restore(archive, urlOf("shop"), { swap: {} });
    const kept = escapeIdentifier(swap!.kept!);
    const closed = { code: "SWAP_REFUSED", message: expect.stringContaining("no connections") };
    await cluster.query(`ALTER DATABASE ${kept} ALLOW_CONNECTIONS false`);
    await expect(undoSwap(urlOf("shop"))).rejects.toMatchObject(closed);
    expect(await listKeptDatabases(urlOf("shop"))).toMatchObject([{ canUndo: false }]);
    await cluster.query(`ALTER DATABASE ${kept} ALLOW_CONNECTIONS true`);
    // As an interrupted DROP DATABASE leaves it.
    const limit = (n: number): Promise<unknown> =>
      cluster.query(
        `UPDATE pg_database SET datconnlimit = ${n} WHERE datname = ${escapeLiteral(swap!.kept!)}`,
      );
    await limit(-2);
    await expect(undoSwap(urlOf("shop"))).rejects.toMatchObject(closed);
    await limit(-1);
    expect(await undoSwap(urlOf("shop"), { keepOld: 0 })).toMatchObject({ restored: swap!.kept });
    expect(await dropExpiredDatabases(urlOf("shop"))).toHaveLength(1);
  });

  test("a session in the kept database that the login may not end is named", async () => {
    await cluster.query("CREATE ROLE owner LOGIN CREATEDB");
    await cluster.query("CREATE DATABASE shop_owner OWNER owner");
    const url = urlOf("shop_owner", "owner");
    const { swap } = await restore(archive, url, { swap: {} });
    const client = new Client(urlOf(swap!.kept!));
    await client.connect();
    try {
      await expect(undoSwap(url, { timeoutMs: 1000 })).rejects.toMatchObject({
        code: "TARGET_BUSY",
        message: expect.stringMatching(/^a session of postgres \(pid \d+\) did not end/),
      });
    } finally {
      await client.end();
    }
    expect(await undoSwap(url, { keepOld: 0 })).toMatchObject({ restored: swap!.kept });
    expect(await dropExpiredDatabases(url)).toHaveLength(1);
    await cluster.query("DROP DATABASE shop_owner");
  });

  test("what fails after the exchange is a warning", async () => {
    const proxy = await statementProxy(urlOf("shop"), (sql) =>
      sql.includes("DROP DATABASE") ? "SELECT 1 / 0" : undefined,
    );
    try {
      const result = await restore(archive, proxy.url, { swap: { keepOld: 0 } });
      expect(result).toMatchObject({ committed: true });
      expect(result.warnings.map(({ code }) => code)).toContain("expired-database");
      expect(await databases()).toEqual(["shop", result.swap!.kept]);
      expect(await dropExpiredDatabases(urlOf("shop"))).toEqual([result.swap!.kept]);
    } finally {
      proxy.close();
    }
  });

  test("what is kept of a database is found after it was renamed", async () => {
    const first = await restore(archive, urlOf("shop"), { swap: {} });
    const second = await restore(archive, urlOf("shop"), { swap: {} });
    await cluster.query("ALTER DATABASE shop RENAME TO store");
    const kept = [second.swap!.kept, first.swap!.kept];
    try {
      const listed = await listKeptDatabases(urlOf("store"));
      expect(listed.map(({ name, canUndo }) => [name, canUndo])).toEqual([
        [kept[0], true],
        [kept[1], false],
      ]);
      expect(await undoSwap(urlOf("store"), { keepOld: 0 })).toMatchObject({ restored: kept[0] });
      expect(await databases("store%")).toHaveLength(2);
    } finally {
      await cluster.query("ALTER DATABASE store RENAME TO shop");
    }
    expect(await dropExpiredDatabases(urlOf("shop"))).toHaveLength(1);
    expect(await databases()).toEqual(["shop", kept[1]]);
  });
});
