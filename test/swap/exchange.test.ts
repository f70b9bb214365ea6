/** The exchange of two databases: what moves along, who is kept waiting, what is refused, and the way back. */
import { setTimeout as sleep } from "node:timers/promises";
import { escapeIdentifier } from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { ProgressEvent } from "../../src/events.ts";
import { readOnlyStore } from "../../src/archive/storage/read-only-store.ts";
import { restore } from "../../src/swap/restore.ts";
import { dropExpiredDatabases, listKeptDatabases, undoSwap } from "../../src/swap/undo.ts";
import { MemoryStore } from "../support/archives.ts";
import { dropSubscriptions } from "../support/corpus.ts";
import { secondCluster, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { dropBeside, namesBeside } from "./databases.ts";
import { poll } from "./poll.ts";

/** An archive of a table `t` with these numbers, and two indexes. */
async function archiveOf(database: TestDatabase, numbers: number): Promise<MemoryStore> {
  await database.query(`CREATE TABLE t (n int PRIMARY KEY, text text);
    INSERT INTO t SELECT n, 'text ' || n FROM generate_series(1, ${numbers}) n; CREATE INDEX ON t (text)`);
  const archive = new MemoryStore();
  await dump(database.url, archive);
  return archive;
}

let archive: MemoryStore;
beforeAll(async () => {
  archive = await withDatabase((source) => archiveOf(source, 1000), { major: 13 });
});

const PROPERTIES = `
  SELECT shobj_description(d.oid, 'pg_database') AS comment, datconnlimit, datdba::regrole::text AS owner,
    pg_encoding_to_char(encoding) AS encoding, datcollate, datctype,
    (SELECT array_agg(x ORDER BY x) FROM unnest(datacl::text[]) x) AS acl,
    (SELECT array_agg(s.setrole::regrole || ' ' || s.setconfig::text ORDER BY s.setrole) FROM pg_db_role_setting s
     WHERE s.setdatabase = d.oid) AS settings
  FROM pg_database d WHERE datname = $1`;

async function live<T>(database: TestDatabase, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } finally {
    await dropBeside(database);
  }
}

const rowsOf = async (database: TestDatabase): Promise<unknown> =>
  (await database.query("SELECT count(*)::int AS n FROM t"))[0]?.["n"];

describe.each([13, 15, 18])("PostgreSQL %i", (major) => {
  test("moves what belongs to the database, keeps the old one, and goes back", async () => {
    const server = await secondCluster(major);
    await withDatabase(
      (target) =>
        live(target, async () => {
          const role = `${target.name} "role`;
          const [name, quoted] = [escapeIdentifier(target.name), escapeIdentifier(role)];
          await server.admin(`CREATE ROLE ${quoted} CREATEDB LOGIN`);
          try {
            await target.query(`
              CREATE TABLE old (a int);
              COMMENT ON DATABASE ${name} IS 'it''s "ours"';
              ALTER DATABASE ${name} CONNECTION LIMIT 17;
              ALTER DATABASE ${name} SET search_path = "$user", 'a b', public;
              ALTER DATABASE ${name} SET my.setting = '50% it''s';
              ALTER ROLE ${quoted} IN DATABASE ${name} SET work_mem = '7MB';
              ALTER DATABASE ${name} OWNER TO ${quoted};
              GRANT CREATE ON DATABASE ${name} TO pg_monitor WITH GRANT OPTION;
              REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
            const properties = async (): Promise<unknown> =>
              (await server.admin(PROPERTIES, [target.name])).rows;
            const before = await properties();

            const { swap } = await restore(archive, target.url, { swap: { jobs: 2 } });
            expect(await properties()).toEqual(before);
            expect(await rowsOf(target)).toBe(1000);
            expect(await namesBeside(target)).toEqual([swap?.kept]);
            expect(await listKeptDatabases(target.url)).toMatchObject([
              {
                name: swap?.kept,
                database: target.name,
                canUndo: true,
                keepUntil: swap?.keptUntil,
              },
            ]);

            const undone = await undoSwap(target.url, { keepOld: 0 });
            expect(undone).toMatchObject({ restored: swap?.kept });
            expect(await properties()).toEqual(before);
            expect(await target.query("SELECT * FROM old")).toEqual([]);
            expect(await dropExpiredDatabases(target.url)).toEqual([undone.kept]);
            expect(await namesBeside(target)).toEqual([]);
            await expect(undoSwap(target.url)).rejects.toMatchObject({ code: "SWAP_REFUSED" });
          } finally {
            await server.admin(`ALTER DATABASE ${name} OWNER TO CURRENT_USER`);
            await server.admin(`DROP OWNED BY ${quoted}; DROP ROLE ${quoted}`);
          }
        }),
      { server },
    );
  });

  test("a client that polls is answered again within a second, by the old contents or the new", async () => {
    await withDatabase(
      (target) =>
        live(target, async () => {
          await target.query("CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
          const polling = poll(target.url);
          await sleep(200);
          const events: ProgressEvent[] = [];
          const { swap } = await restore(archive, target.url, {
            swap: { jobs: 2, keepOld: 0 },
            onProgress: (event) => events.push(event),
          });
          await sleep(300);
          const { answers, longestGapMs } = await polling.stop();
          expect(swap).toMatchObject({ kept: null, keptUntil: null });
          expect(swap!.sessionsEnded).toBeGreaterThan(0);
          expect(events).toContainEqual({ type: "swap", database: target.name, sessions: 1 });
          expect([...new Set(answers)]).toEqual([1, 1000]);
          // Twice as long on a machine that is busy with other tests.
          expect(longestGapMs).toBeLessThan(2000);
          expect(await namesBeside(target)).toEqual([]);
        }),
      { major },
    );
  });
});

describe("refusals, before anything is done", () => {
  test("name everything that stands in the way", async () => {
    const server = await secondCluster(16);
    await withDatabase(
      async (target) => {
        const [name, role] = [escapeIdentifier(target.name), `${target.name}_login`];
        await server.admin(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
        await target.query(
          "CREATE PUBLICATION p; CREATE SUBSCRIPTION s CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false)",
        );
        await server.admin(`ALTER DATABASE ${name} IS_TEMPLATE true`);
        const url = new URL(target.url);
        url.username = role;
        url.password = "x";
        const client = await target.client();
        try {
          const refused = restore(archive, url.href, { swap: {} });
          await expect(refused).rejects.toMatchObject({
            code: "SWAP_REFUSED",
            message: expect.stringMatching(
              /may not create databases; .* rights of the database's owner .*; it is a template .*; it has the subscriptions s, .*; sessions of .* are connected/,
            ),
          });
          expect(await namesBeside(target)).toEqual([]);
        } finally {
          await client.end();
          await server.admin(`ALTER DATABASE ${name} IS_TEMPLATE false`);
          await target.query(
            "ALTER SUBSCRIPTION s DISABLE; ALTER SUBSCRIPTION s SET (slot_name = NONE)",
          );
          await target.query("DROP SUBSCRIPTION s");
          await server.admin(`DROP ROLE ${role}`);
        }
      },
      { server },
    );
  });

  test.each([
    { force: true },
    { dataOnly: true },
    { tables: ["t"] },
    { sections: ["data"] },
  ] as const)("%o excludes a swap", async (options) => {
    const refused = restore(archive, "dbname=none", { ...options, swap: {} });
    await expect(refused).rejects.toMatchObject({ code: "USAGE" });
  });

  test("a role that the server lacks, and the live database is not touched", async () => {
    await withDatabase(async (source) => {
      const role = `${source.name}_gone`;
      await source.server.admin(`CREATE ROLE ${role}`);
      await source.query(`CREATE TABLE t (n int); ALTER TABLE t OWNER TO ${role}`);
      const owned = new MemoryStore();
      await dump(source.url, owned, { owner: true });
      await source.query(`DROP OWNED BY ${role}`);
      await source.server.admin(`DROP ROLE ${role}`);
      const refused = restore(owned, source.url, { owner: true, swap: {} });
      await expect(refused).rejects.toMatchObject({ code: "ROLES_MISSING" });
      expect(await namesBeside(source)).toEqual([]);
    });
  });
});

test("whatever fails on the way leaves the live database, and nothing beside it", async () => {
  await withDatabase(async (target) => {
    await target.query("CREATE TABLE mine (a int)");
    const broken = await withDatabase(async (source) => {
      await source.query(`
        CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
        CREATE TABLE t AS SELECT n FROM generate_series(1, 10) n; CREATE INDEX i ON t (f(n));
        CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1 / ($1 - $1)'`);
      const store = new MemoryStore();
      await dump(source.url, store);
      return store;
    });
    const failed = restore(broken, target.url, { swap: { jobs: 3 } });
    await expect(failed).rejects.toMatchObject({ code: "SERVER", object: "index public.i" });
    expect(await target.query("SELECT * FROM mine")).toEqual([]);
    expect(await namesBeside(target)).toEqual([]);
  });
});

test("an archive of a part is restored with a warning, and one with a subscription leaves nothing when it fails", async () => {
  await withDatabase(async (target) => {
    const part = await withDatabase(async (source) => {
      await source.query(`CREATE TABLE t (n int); CREATE TABLE u (n int);
        CREATE SUBSCRIPTION s CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false, slot_name = 'kept')`);
      const store = new MemoryStore();
      await dump(source.url, store, { excludeTables: ["u"] });
      await dropSubscriptions(source);
      return store;
    });
    const { warnings } = await restore(part, target.url, { dryRun: true, swap: {} });
    expect(warnings).toContainEqual(expect.objectContaining({ code: "partial-archive" }));
    expect(await namesBeside(target)).toEqual([]);
  });
});

test("a dry run does everything but the exchange", async () => {
  await withDatabase(async (target) => {
    await target.query("CREATE TABLE mine (a int)");
    const result = await restore(archive, target.url, { dryRun: true, swap: {} });
    expect(result).toMatchObject({ committed: false, rows: 1000, swap: { kept: null } });
    expect(await target.query("SELECT * FROM mine")).toEqual([]);
    expect(await namesBeside(target)).toEqual([]);
  });
});

test("only one run at a time works on a database", async () => {
  await withDatabase((target) =>
    live(target, async () => {
      let second: Promise<unknown> | undefined;
      // The first has no rows before the second has ended.
      const held = readOnlyStore(async () => {
        const source = await archive.open();
        const read = async (offset: number, length: number): Promise<Buffer> => {
          await second;
          return source.read(offset, length);
        };
        return { size: source.size, read, close: () => source.close() };
      });
      await restore(held, target.url, {
        swap: { keepOld: 0 },
        onProgress: (event) => {
          if (event.type === "phase" && event.phase === "pre-data")
            second = restore(archive, target.url, { swap: {} }).catch((error: unknown) => error);
        },
      });
      expect(await second).toMatchObject({ code: "BUSY" });
    }),
  );
});
