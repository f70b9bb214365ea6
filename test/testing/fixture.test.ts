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
import { type Fixture, openFixture } from "../../src/testing/index.ts";
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
