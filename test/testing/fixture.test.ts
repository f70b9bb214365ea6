/** Databases for tests: copies, resets, what a killed process leaves, and the caller's own transaction. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import {
  type Fixture,
  type FixtureDatabase,
  type FixtureOptions,
  openFixture,
} from "../../src/testing/index.ts";
import { MemoryStore } from "../support/archives.ts";
import { type TestServer, secondCluster, withDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const SCHEMA = `
CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, author int NOT NULL REFERENCES users ON DELETE CASCADE, parent int REFERENCES posts, text text);
CREATE TABLE "Odd.Name" ("a b" int PRIMARY KEY);
CREATE TABLE parts (id int, author int REFERENCES users ON DELETE CASCADE, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.text := upper(NEW.text); RETURN NEW; END $$;
INSERT INTO users (name) SELECT 'user ' || i FROM generate_series(1, 20) i;
INSERT INTO posts (author, parent, text) SELECT i, NULLIF(i - 1, 0), 'post ' || i FROM generate_series(1, 20) i;
INSERT INTO "Odd.Name" SELECT generate_series(1, 3);
INSERT INTO parts SELECT i, i FROM generate_series(1, 10) i;
CREATE TRIGGER shout BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION shout();`;

const CONTENTS = `SELECT (SELECT md5(string_agg(u::text, ',' ORDER BY id)) FROM users u) AS users,
  (SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM posts p) AS posts, (SELECT sum("a b")::int FROM "Odd.Name") AS odd,
  (SELECT count(*)::int FROM parts) AS parts, (SELECT last_value::int FROM users_id_seq) AS sequence,
  (SELECT string_agg(conname || pg_get_constraintdef(oid), ',' ORDER BY conname) FROM pg_constraint WHERE contype = 'f') AS keys`;

const folder = temporaryFolder();
const archive = join(folder.path, "a.tar.gz");
let server: TestServer;
/** A login that may create databases and nothing else. */
let url: string;
let fixture: Fixture;

beforeAll(async () => {
  server = await secondCluster();
  await withDatabase(
    async (source) => {
      await source.query(SCHEMA);
      await dump(source.url, archive);
    },
    { server },
  );
  await server.admin("DROP ROLE IF EXISTS fixture_user");
  await server.admin("CREATE ROLE fixture_user LOGIN CREATEDB PASSWORD 'fixture'");
  url = server.url.replace(/\/\/[^@]*@/, "//fixture_user:fixture@");
  fixture = await openFixture({ server: { url }, archive });
});
afterAll(async () => {
  await fixture.close();
  expect(await ours()).toEqual([]);
  await server.admin("DROP ROLE fixture_user");
  folder.remove();
});

async function ours(): Promise<string[]> {
  const { rows } = await server.admin(
    "SELECT datname FROM pg_database WHERE datname LIKE 'nhdt%' ORDER BY 1",
  );
  return rows.map((row) => String((row as { datname: unknown }).datname));
}

describe("copies", () => {
  it("are the archive's database, each on its own", async () => {
    const [a, b] = await Promise.all([fixture.database(), fixture.database()]);
    const [first, second] = [await a.client(), await b.client()];
    await first.query("DELETE FROM users");
    expect((await second.query("SELECT count(*)::int AS n FROM users")).rows).toEqual([{ n: 20 }]);
    expect((await first.query("SELECT count(*)::int AS n FROM posts")).rows).toEqual([{ n: 0 }]);
    await Promise.all([a.drop(), b.drop()]);
    expect((await ours()).filter((name) => !name.endsWith("template"))).toEqual([]);
  });

  it("are dropped after a test that fails, or kept on request under a name that stays", async () => {
    const failing = fixture.use(async (database) => {
      await (await database.client()).query("SELECT 1");
      throw new Error("the test's own");
    });
    await expect(failing).rejects.toThrow("the test's own");
    expect((await ours()).length).toBe(1);
    const messages: string[] = [];
    const keeping = await openFixture({
      server: url,
      archive,
      keepOnFailure: true,
      onMessage: (text) => messages.push(text),
    });
    await expect(keeping.use(() => Promise.reject(new Error("again")))).rejects.toThrow("again");
    await keeping.close();
    const kept = (await ours()).filter((name) => name.startsWith("nhdt_kept_"));
    expect(kept).toHaveLength(1);
    expect(messages.join()).toContain(kept[0]!);
    expect(messages.join()).not.toContain(":fixture@");
    await server.admin(`DROP DATABASE ${kept[0]!}`);
  });

  it.each(["WAL_LOG", "server"] as const)("can be made by the strategy %s", async (strategy) => {
    const other = await openFixture({ server: { getConnectionUri: () => url }, archive, strategy });
    await other.use(async (database) => {
      expect(
        (await (await database.client()).query("SELECT count(*)::int AS n FROM users")).rows,
      ).toEqual([{ n: 20 }]);
    });
    await other.close();
  });
});

describe("reset", () => {
  it("puts changed tables and sequences back, and touches no other", async () => {
    await fixture.use(async (database) => {
      const client = await database.client();
      const [before] = (await client.query(CONTENTS)).rows as unknown[];
      const places = async (): Promise<unknown> =>
        (await client.query("SELECT ctid, xmin FROM posts ORDER BY id")).rows;
      const untouched = await places();
      for (const [change, changed] of [
        ["UPDATE users SET name = name || '!' WHERE id = 3", ["public.users"]],
        ["INSERT INTO users (name) VALUES ('new')", ["public.users"]],
        ['DELETE FROM "Odd.Name"', ['public."Odd.Name"']],
        ["TRUNCATE parts", ["public.parts_1"]],
        ["SELECT nextval('users_id_seq')", []],
        ["BEGIN; DELETE FROM users; ROLLBACK", []],
      ] as const) {
        await client.query(change);
        expect(await database.reset()).toEqual(changed);
        expect((await client.query(CONTENTS)).rows).toEqual([before]);
      }
      expect(await places()).toEqual(untouched);
      // Rows of several tables at once, through ON DELETE CASCADE and a reference to itself.
      await client.query(
        "UPDATE posts SET parent = NULL; DELETE FROM parts; DELETE FROM users WHERE id > 5",
      );
      expect(await database.reset()).toEqual(["public.parts_1", "public.posts", "public.users"]);
      expect((await client.query(CONTENTS)).rows).toEqual([before]);
      expect(await database.reset()).toEqual([]);
    });
  });
});

describe("reset of a copy", () => {
  /** A fixture of an archive of its own, on the same server. */
  async function withCopy(
    schema: string,
    options: Partial<FixtureOptions>,
    body: (database: FixtureDatabase, client: Client) => Promise<void>,
  ): Promise<void> {
    const store = new MemoryStore();
    await withDatabase(
      async (source) => {
        await source.query(schema);
        await dump(source.url, store, { partBytes: 100 });
      },
      { server },
    );
    const own = await openFixture({ server: url, archive: store, ...options });
    try {
      await own.use(async (database) => body(database, await database.client()));
    } finally {
      await own.close();
    }
  }

  it("waits for a transaction that has not ended, and undoes what it changed", async () => {
    await fixture.use(async (database) => {
      const client = await database.client();
      await client.query("BEGIN; UPDATE posts SET text = 'late' WHERE id = 7");
      const reset = database.reset();
      const waiting = "SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted";
      await expect
        .poll(async () => (await server.admin(waiting)).rows, { timeout: 10_000 })
        .toEqual([{ n: 1 }]);
      await client.query("COMMIT");
      expect(await reset).toEqual(["public.posts"]);
    });
  });

  it("puts back circles of foreign keys, references to rows of other parts, and identity columns", async () => {
    const schema = `
      CREATE TABLE a (id int PRIMARY KEY, b int, up int REFERENCES a);
      CREATE TABLE b (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a int NOT NULL REFERENCES a);
      ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b) REFERENCES b;
      CREATE TABLE c (a int REFERENCES a, note text);
      CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM a;
      -- Each refers to a later one, in another part.
      INSERT INTO a SELECT i, NULL, NULL FROM generate_series(1, 60) i;
      UPDATE a SET up = 61 - id; INSERT INTO b (a) SELECT id FROM a; UPDATE a SET b = id;
      INSERT INTO c SELECT id, 'n' FROM a`;
    await withCopy(schema, {}, async (database, client) => {
      const state = `SELECT (SELECT md5(string_agg(a::text, ',' ORDER BY id)) FROM a) AS a, (SELECT count(*)::int FROM b) AS b,
        (SELECT count(*)::int FROM c) AS c, (SELECT last_value::int FROM b_id_seq) AS seq, (SELECT n::int FROM m) AS m,
        (SELECT string_agg(conname || condeferrable || pg_get_constraintdef(oid), ',' ORDER BY conname) FROM pg_constraint) AS keys`;
      const [before] = (await client.query(state)).rows as unknown[];
      await client.query(
        "UPDATE a SET b = NULL; DELETE FROM b; DELETE FROM c; DELETE FROM a WHERE id > 30 AND up < 0; INSERT INTO b (a) VALUES (1)",
      );
      expect(await database.reset()).toEqual(["public.a", "public.b", "public.c"]);
      expect((await client.query(state)).rows).toEqual([before]);
    });
  });

  it("knows what the fixture was restored with", async () => {
    await withCopy(SCHEMA, { restore: { tables: ["users"] } }, async (database, client) => {
      await client.query("DELETE FROM users");
      expect(await database.reset()).toEqual(["public.users"]);
      expect((await client.query("SELECT count(*)::int AS n FROM users")).rows).toEqual([
        { n: 20 },
      ]);
    });
    await withCopy(SCHEMA, { restore: { schemaOnly: true } }, async (database) => {
      await expect(database.reset()).rejects.toThrow("without the archive's rows");
    });
  });
});

it("gives each login a template of its own", async () => {
  await server.admin("CREATE ROLE fixture_other LOGIN CREATEDB PASSWORD 'fixture'");
  const other = await openFixture({
    server: url.replace("fixture_user", "fixture_other"),
    archive,
  });
  await other.use(async (database) => {
    const { rows } = await (await database.client()).query("SELECT count(*)::int AS n FROM users");
    expect(rows).toEqual([{ n: 20 }]);
  });
  await other.close();
  expect(await ours()).toHaveLength(1);
  await server.admin("DROP ROLE fixture_other");
});

describe("after kill -9", () => {
  it("the next process drops what the killed one left, and nothing that lives", async () => {
    const living = await fixture.database();
    const script = join(folder.path, "child.mts");
    const module = fileURLToPath(new URL("../../src/testing/index.ts", import.meta.url));
    writeFileSync(
      script,
      `import { openFixture } from ${JSON.stringify(module)};
       const fixture = await openFixture({ server: process.env.URL!, archive: process.env.ARCHIVE!, restore: { tables: ["users"] } });
       await fixture.database(); await fixture.database();
       console.log("ready"); setInterval(() => {}, 1000);`,
    );
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      env: { ...process.env, URL: url, ARCHIVE: archive },
      stdio: ["ignore", "pipe", "inherit"],
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
    });
    await once(child.stdout, "data");
    expect(await ours()).toHaveLength(5);
    child.kill("SIGKILL");
    await once(child, "exit");
    // The server notices the end of a session in its own time.
    await expect
      .poll(
        async () =>
          (
            await server.admin(
              "SELECT FROM pg_stat_activity WHERE usename = 'fixture_user' AND application_name = 'nexushub-dump'",
            )
          ).rowCount,
        { timeout: 10_000 },
      )
      .toBe(1);
    const next = await openFixture({ server: url, archive });
    expect(await ours()).toHaveLength(2);
    await next.close();
    expect(await ours()).toHaveLength(2);
    await living.drop();
  });
});

it("leaves a caller whose restore failed able to go back, to a savepoint too", async () => {
  await withDatabase(async (target) => {
    const client = new Client(target.url);
    await client.connect();
    await client.query("BEGIN; CREATE TABLE mine (a int); SET LOCAL search_path = 'mine', public");
    await client.query("SAVEPOINT before; CREATE TABLE public.users (x text)");
    await expect(restore(archive, client, { force: false })).rejects.toMatchObject({
      code: "TARGET_NOT_EMPTY",
    });
    // This one fails in the middle of its work: the table has not the archive's columns.
    await client.query("ROLLBACK TO before; CREATE TABLE public.posts (id int)");
    await expect(
      restore(archive, client, { dataOnly: true, tables: ["posts"] }),
    ).rejects.toMatchObject({ code: "SERVER" });
    await expect(client.query("SELECT 1")).rejects.toMatchObject({ code: "25P02" });
    await client.query("ROLLBACK TO before");
    expect((await client.query("SHOW search_path")).rows).toEqual([
      { search_path: "mine, public" },
    ]);
    await client.query("COMMIT");
    await client.query("SELECT FROM mine");
    await client.end();
  });
});

it("restores inside a transaction that the caller ends", async () => {
  await withDatabase(async (target) => {
    const client = new Client(target.url);
    await client.connect();
    await client.query("BEGIN");
    const result = await restore(archive, client);
    expect(result.committed).toBe(false);
    expect((await client.query("SELECT count(*)::int AS n FROM public.users")).rows).toEqual([
      { n: 20 },
    ]);
    await client.query("ROLLBACK");
    expect((await client.query("SELECT to_regclass('public.users') AS r")).rows).toEqual([
      { r: null },
    ]);
    await client.end();
  });
});
