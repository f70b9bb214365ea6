/** A dump that cannot go on says why, names the object, shows no secret, and leaves neither archive nor session behind. */
import { inspect } from "node:util";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { NexushubDumpError } from "../../src/errors.ts";
import type { ProgressEvent } from "../../src/events.ts";
import { MemoryStore } from "../support/archives.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function failure(work: Promise<unknown>): Promise<NexushubDumpError> {
  const error: unknown = await work.then(
    () => expect.fail("it should have failed"),
    (thrown: unknown) => thrown,
  );
  return error as NexushubDumpError;
}

/** Sessions in the database that are not idle clients of the test's own. */
async function sessions(database: TestDatabase): Promise<number> {
  const { rows } = await database.server.admin(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND application_name = 'nexushub-dump'",
    [database.name],
  );
  return (rows[0] as { n: number }).n;
}

const BIG =
  "CREATE TABLE big AS SELECT i, repeat(md5(i::text), 30) AS t FROM generate_series(1, 60000) AS i";

describe("abort", () => {
  test.each([
    { when: "while rows are copied", jobs: 1, at: (event: ProgressEvent) => event.type === "data" },
    { when: "while rows are copied", jobs: 3, at: (event: ProgressEvent) => event.type === "data" },
    {
      when: "before the catalog is read",
      jobs: 1,
      at: (event: ProgressEvent) => event.type === "phase" && event.phase === "catalog",
    },
    {
      when: "before the end",
      jobs: 1,
      at: (event: ProgressEvent) => event.type === "phase" && event.phase === "finish",
    },
  ])("$when, with $jobs jobs, leaves nothing", async ({ jobs, at }) => {
    await withDatabase(async (database) => {
      await database.query(BIG);
      const folder = temporaryFolder();
      try {
        const abort = new AbortController();
        const error = await failure(
          dump(database.url, join(folder.path, "a.tar.gz"), {
            jobs,
            signal: abort.signal,
            partBytes: 10_000,
            onProgress: (event) => {
              if (at(event)) abort.abort();
            },
          }),
        );
        expect(error).toMatchObject({ code: "ABORTED" });
        expect(readdirSync(folder.path)).toEqual([]);
      } finally {
        folder.remove();
      }
    });
  });

  test("cancels a statement that the server is busy with", async () => {
    await withDatabase(async (database) => {
      await database.query("CREATE TABLE slow (a int); INSERT INTO slow VALUES (1)");
      const abort = new AbortController();
      const work = failure(
        dump(database.url, new MemoryStore(), {
          signal: abort.signal,
          where: { slow: "pg_catalog.pg_sleep(600) IS NOT NULL" },
        }),
      );
      await expect.poll(() => sessions(database), { timeout: 20_000 }).toBe(1);
      await expect
        .poll(
          async () =>
            (
              await database.server.admin(
                "SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'PgSleep'",
                [database.name],
              )
            ).rowCount,
          { timeout: 20_000 },
        )
        .toBe(1);
      abort.abort();
      expect((await work).code).toBe("ABORTED");
      await expect.poll(() => sessions(database)).toBe(0);
    });
  });

  test("does nothing when the signal fired before", async () => {
    const error = await failure(
      dump("host=/nowhere", new MemoryStore(), { signal: AbortSignal.abort() }),
    );
    expect(error.code).toBe("ABORTED");
  });
});

describe("a server that says no", () => {
  test("names every table and sequence that the login may not read", async () => {
    await withDatabase(async (database) => {
      const role = `r_${database.name}`;
      await database.query(`
        CREATE TABLE fine (a int); CREATE TABLE "Closed One" (a int); CREATE TABLE closed_two (a int);
        CREATE SEQUENCE shut; CREATE ROLE "${role}" LOGIN PASSWORD 'pw';
        GRANT SELECT ON fine TO "${role}"; GRANT SELECT ON SEQUENCE shut TO "${role}"`);
      try {
        const url = new URL(database.url);
        url.username = role;
        url.password = "pw";
        const error = await failure(dump(url.href, new MemoryStore()));
        expect(error).toMatchObject({
          code: "PERMISSION",
          message: 'no permission to read tables public."Closed One", public.closed_two',
        });
        await dump(url.href, new MemoryStore(), { tables: ["fine"] });
        await dump(url.href, new MemoryStore(), { excludeTables: ["closed_two", '"Closed One"'] });
        await database.query(`REVOKE SELECT ON SEQUENCE shut FROM "${role}"`);
        const second = await failure(
          dump(url.href, new MemoryStore(), { excludeTables: ["closed_two", '"Closed One"'] }),
        );
        expect(second).toMatchObject({
          code: "PERMISSION",
          message: "no permission to read sequence public.shut",
        });
      } finally {
        await database.query(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
      }
    });
  });

  test("refuses a table whose rows a policy would hide, and names it", async () => {
    await withDatabase(async (database) => {
      const role = `r_${database.name}`;
      await database.query(`
        CREATE TABLE guarded (a int); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
        CREATE ROLE "${role}" LOGIN PASSWORD 'pw'; GRANT SELECT ON guarded TO "${role}"`);
      try {
        const url = new URL(database.url);
        url.username = role;
        url.password = "pw";
        const error = await failure(dump(url.href, new MemoryStore()));
        expect(error).toMatchObject({ code: "PERMISSION", object: "table public.guarded" });
      } finally {
        await database.query(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
      }
    });
  });

  test("names the table that is locked, and by whom", async () => {
    await withDatabase(async (database) => {
      await database.query("CREATE TABLE a (x int); CREATE TABLE b (x int)");
      const client = await database.client();
      await client.query("BEGIN; LOCK TABLE b IN ACCESS EXCLUSIVE MODE");
      const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
      const error = await failure(dump(database.url, new MemoryStore(), { lockTimeoutMs: 200 }));
      expect(error).toMatchObject({
        code: "LOCK_TIMEOUT",
        message: `could not lock table public.b in time: locked exclusively by server process ${(rows[0] as { pid: number }).pid}`,
      });
      await client.query("ROLLBACK");
    });
  });

  test("reports a connection that is cut while rows are copied", async () => {
    await withDatabase(async (database) => {
      await database.query(BIG);
      const store = new MemoryStore();
      let killed: Promise<unknown> | undefined;
      const error = await failure(
        dump(database.url, store, {
          partBytes: 10_000,
          onProgress: (event) => {
            if (event.type !== "data") return;
            killed ??= database.server.admin(
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'nexushub-dump'",
              [database.name],
            );
          },
        }),
      );
      await killed;
      expect(error.code).toBe("CONNECTION");
      expect(store.committed).toBe(false);
    });
  });

  test("never shows a password, whatever goes wrong", async () => {
    await withDatabase(async (database) => {
      const url = new URL(database.url);
      const tries = [
        `postgresql://nobody:s3cretpw@${url.host}/${database.name}`,
        `postgresql://nobody:s3cretpw@${url.host}/absent`,
        "postgresql://nobody:s3cretpw@127.0.0.1:1/x",
        "postgresql://nobody:s3cretpw@no-such-host.invalid/x",
        "host=127.0.0.1 port=1 password=s3cretpw user=nobody",
        "postgresql://nobody:s3cret%pw@h/x",
        { host: "127.0.0.1", port: 1, user: "nobody", password: "s3cretpw" },
      ];
      for (const source of tries) {
        const error = await failure(dump(source, new MemoryStore()));
        expect(["CONNECTION", "USAGE"]).toContain(error.code);
        expect(inspect(error, { depth: 12, showHidden: true })).not.toMatch(/s3cret/);
      }
    });
  });

  test("says when a condition or a mask is wrong, and where", async () => {
    await withDatabase(async (database) => {
      await database.query("CREATE TABLE t (a int, b text)");
      for (const options of [{ where: { t: "c = 1" } }, { mask: { "t.b": "nope(a)" } }]) {
        const error = await failure(dump(database.url, new MemoryStore(), options));
        expect(error).toMatchObject({ code: "SERVER", object: "table public.t" });
      }
      for (const options of [
        { where: { absent: "true" } },
        { mask: { "t.absent": "1" } },
        { mask: { t: "1" } },
        { where: { t: "true", "public.t": "true" } },
        { schemaOnly: true, dataOnly: true },
        { jobs: 0 },
        { partBytes: 0 },
        { compression: "lzma" },
      ]) {
        expect((await failure(dump(database.url, new MemoryStore(), options))).code).toBe("USAGE");
      }
    });
  });
});

describe("several connections", () => {
  test.each([true, false])("stop when one fails (reproducible: %s)", async (reproducible) => {
    await withDatabase(async (database) => {
      await database.query(
        ["a", "b", "c", "d"]
          .map((name) => `CREATE TABLE ${name} AS SELECT i FROM generate_series(1, 20000) AS i`)
          .join(";"),
      );
      const options = {
        jobs: 3,
        reproducible,
        partBytes: 1000,
        where: { a: "1 / (i - 15000) < 2" },
      };
      const error = await failure(dump(database.url, new MemoryStore(), options));
      expect(error).toMatchObject({ code: "SERVER", object: "table public.a", sqlState: "22012" });
    });
  });

  test("are fewer when the server gives no more, with a warning", async () => {
    await withDatabase(async (database) => {
      const role = `r_${database.name}`;
      await database.query(`CREATE TABLE t AS SELECT 1 AS a; CREATE ROLE "${role}" LOGIN PASSWORD 'pw' CONNECTION LIMIT 2;
        GRANT SELECT ON t TO "${role}"`);
      try {
        const url = new URL(database.url);
        url.username = role;
        url.password = "pw";
        const result = await dump(url.href, new MemoryStore(), { jobs: 4 });
        expect(result).toMatchObject({ jobs: 2, rows: 1 });
        expect(result.warnings).toHaveLength(1);
        expect(result.warnings[0]?.message).toContain("2 of 4 connections");
      } finally {
        await database.query(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
      }
    });
  });
});

describe("locks", () => {
  test("leaves a table that somebody waits to change to the connection that holds its lock", async () => {
    await withDatabase(async (database) => {
      await database.query(
        "CREATE TABLE a AS SELECT i FROM generate_series(1, 1000) i; CREATE TABLE b AS SELECT i FROM generate_series(1, 1000) i",
      );
      const client = await database.client();
      let waiting: Promise<unknown> | undefined;
      const result = await dump(database.url, new MemoryStore(), {
        jobs: 3,
        onProgress: (event) => {
          if (event.type === "phase" && event.phase === "catalog") {
            waiting = client.query(
              "ALTER TABLE a ADD COLUMN late int; ALTER TABLE b ADD COLUMN late int",
            );
          }
        },
      });
      await waiting;
      expect(result.rows).toBe(2000);
      expect(result.jobs).toBe(3);
    });
  });
});

test.each([
  ["CREATE TABLE %s (a int)", "cannot list the tables"],
  ["COMMENT ON SCHEMA public IS '%s'", "cannot read the comments"],
])("says what SQL_ASCII let in where a name is in no encoding: %s", async (sql, doing) => {
  await withDatabase(
    async (database) => {
      await database.query(
        `DO $x$ BEGIN EXECUTE format($f$${sql}$f$, convert_from('\\xe9', 'SQL_ASCII')); END $x$`,
      );
      const error = await failure(dump(database.url, new MemoryStore()));
      expect(error.message).toContain(`${doing}: invalid byte sequence`);
      expect(error.hint).toContain("SQL_ASCII lets in what is in no encoding");
    },
    { encoding: "SQL_ASCII" },
  );
});
