/** An extension with tables: rows of configuration, and what users hang on it. Contrib has none, so the test brings one. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { restore as beside } from "../../src/swap/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf, EVERYTHING } from "../support/contents.ts";
import { serverFor, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const MAJOR = 18;

/** Only PostgreSQL 18 has a setting for where extensions are. */
async function withExtension(body: (from: TestDatabase, to: TestDatabase) => Promise<void>) {
  const folder = temporaryFolder();
  mkdirSync(join(folder.path, "extension"));
  const write = (name: string, text: string): void =>
    writeFileSync(join(folder.path, "extension", name), text);
  write("store.control", "default_version = '1.1'\n");
  write(
    "store--1.0.sql",
    `CREATE TABLE @extschema@.conf (id serial PRIMARY KEY, k text UNIQUE, v text, shipped boolean DEFAULT false);
     CREATE STATISTICS @extschema@.theirs ON k, v FROM @extschema@.conf;
     CREATE INDEX conf_v ON @extschema@.conf (v);
     INSERT INTO @extschema@.conf (k, v, shipped) VALUES ('theirs', '1', true);
     CREATE TABLE @extschema@.log (id int PRIMARY KEY, conf int REFERENCES @extschema@.conf, t text);
     INSERT INTO @extschema@.log VALUES (1, 1, 'theirs');
     CREATE TABLE @extschema@.states (code int PRIMARY KEY, name text);
     INSERT INTO @extschema@.states VALUES (1, 'theirs'), (2, 'theirs');
     CREATE TABLE @extschema@.uses (id int PRIMARY KEY, state int NOT NULL REFERENCES @extschema@.states);
     INSERT INTO @extschema@.uses VALUES (1, 1);
     SELECT pg_extension_config_dump('@extschema@.states', '');
     SELECT pg_extension_config_dump('@extschema@.uses', '');
     SELECT pg_extension_config_dump('@extschema@.conf', 'WHERE NOT shipped');
     SELECT pg_extension_config_dump('@extschema@.conf_id_seq', '');`,
  );
  // The last that the script makes: nothing tells it from a user's.
  write("store--1.0--1.1.sql", "CREATE POLICY theirs ON @extschema@.log USING (true);");
  const prepare = (database: TestDatabase) =>
    database.query(
      `ALTER DATABASE ${database.name} SET extension_control_path = '$system:${folder.path}'`,
    );
  try {
    await withDatabase(
      (from) =>
        withDatabase(
          async (to) => {
            await prepare(from);
            await prepare(to);
            await body(from, to);
          },
          { major: MAJOR },
        ),
      { major: MAJOR },
    );
  } finally {
    folder.remove();
  }
}

test("an extension's tables come with their users' rows, indexes, constraints, triggers, rules and policies", async (context) => {
  const { origin } = await serverFor(MAJOR);
  if (origin !== "embedded") context.skip("the server can't read this machine's files");
  await withExtension(async (from, to) => {
    await from.query(`
      CREATE SCHEMA "my ext";
      CREATE EXTENSION store SCHEMA "my ext";
      INSERT INTO "my ext".conf (k, v) VALUES ('mine', 'x'), ('mine too', NULL);
      CREATE INDEX mine ON "my ext".conf (lower(v));
      COMMENT ON INDEX "my ext".mine IS 'a user''s';
      ALTER TABLE "my ext".conf ADD CONSTRAINT short CHECK (length(v) < 100), ADD UNIQUE (v, id);
      ALTER TABLE "my ext".log ADD CONSTRAINT mine FOREIGN KEY (id) REFERENCES "my ext".conf NOT VALID;
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
      CREATE TRIGGER mine BEFORE INSERT ON "my ext".conf FOR EACH ROW EXECUTE FUNCTION f();
      ALTER TABLE "my ext".conf DISABLE TRIGGER mine;
      CREATE POLICY mine ON "my ext".conf USING (k <> 'secret');
      ALTER TABLE "my ext".conf ENABLE ROW LEVEL SECURITY;
      CREATE RULE mine AS ON DELETE TO "my ext".log DO INSTEAD NOTHING;
      CREATE STATISTICS mine ON k, v FROM "my ext".conf;
    `);
    const archive = new MemoryStore();
    const { warnings } = await dump(from.url, archive, EVERYTHING);
    expect(warnings.map(({ message }) => message)).toEqual([
      'table "my ext".log is a member of extension store and left to it, with its rows',
    ]);
    await restore(archive, to.url, { owner: true, privileges: true });
    expect(await contentsOf(to.url)).toBe(await contentsOf(from.url));

    const names = (catalog: string, name: string) =>
      to.query(
        `SELECT ${name}::text AS name FROM ${catalog} WHERE ${name} IN ('mine', 'theirs', 'short', 'conf_v_id_key') ORDER BY 1`,
      );
    const mine = [{ name: "mine" }];
    expect(await names("pg_class", "relname")).toEqual([{ name: "conf_v_id_key" }, ...mine]);
    expect(await names("pg_constraint", "conname")).toEqual([
      { name: "conf_v_id_key" },
      ...mine,
      { name: "short" },
    ]);
    expect(await names("pg_trigger", "tgname")).toEqual(mine);
    expect(await names("pg_rewrite", "rulename")).toEqual(mine);
    expect(await names("pg_statistic_ext", "stxname")).toEqual([...mine, { name: "theirs" }]);
    expect(await names("pg_policy", "polname")).toEqual([...mine, { name: "theirs" }]);
    expect(
      await to.query(`SELECT k, shipped, relrowsecurity FROM "my ext".conf, pg_class
        WHERE pg_class.oid = '"my ext".conf'::regclass ORDER BY id`),
    ).toEqual([
      { k: "theirs", shipped: true, relrowsecurity: true },
      { k: "mine", shipped: false, relrowsecurity: true },
      { k: "mine too", shipped: false, relrowsecurity: true },
    ]);
  });
});

test("rows that an extension's script inserts make way for what the user made of them", async (context) => {
  const { origin } = await serverFor(MAJOR);
  if (origin !== "embedded") context.skip("the server can't read this machine's files");
  await withExtension(async (from, to) => {
    await from.query(`
      CREATE EXTENSION store;
      UPDATE states SET name = 'mine' WHERE code = 1;
      DELETE FROM states WHERE code = 2;
      INSERT INTO states VALUES (3, 'mine');
      UPDATE uses SET state = 3;
    `);
    const archive = new MemoryStore();
    await dump(from.url, archive);
    const rows = () =>
      to.query("SELECT u.id, s.* FROM states s LEFT JOIN uses u ON state = code ORDER BY code");
    const expected = [
      { id: null, code: 1, name: "mine" },
      { id: 1, code: 3, name: "mine" },
    ];
    await restore(archive, to.url);
    expect(await rows()).toEqual(expected);
    await to.query("UPDATE states SET name = 'later'");
    await beside(archive, to.url, { swap: { jobs: 2, keepOld: 0 } });
    expect(await rows()).toEqual(expected);
  });
});

test("what was given to an extension is named by the dump, and by a restore that needs it", async () => {
  await withDatabase(async (from) => {
    await from.query(`
      CREATE EXTENSION citext;
      CREATE EXTENSION cube;
      CREATE TABLE empty (a int);
      CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
      ALTER EXTENSION citext ADD FUNCTION f();
      BEGIN;
      CREATE TABLE filled (a int);
      INSERT INTO filled VALUES (1);
      ALTER EXTENSION citext ADD TABLE empty;
      ALTER EXTENSION citext ADD TABLE filled;
      COMMIT;
      CREATE VIEW needs AS SELECT a FROM empty;
    `);
    const archive = new MemoryStore();
    const { warnings } = await dump(from.url, archive);
    const given = (what: string) =>
      `${what} was given to extension citext by ALTER EXTENSION and left to it`;
    expect(warnings.map(({ message }) => message)).toEqual([
      given("function public.f()"),
      given("table public.empty"),
      `${given("table public.filled")}, with its rows`,
    ]);
    await withDatabase(async (to) => {
      await expect(restore(archive, to.url)).rejects.toMatchObject({
        message: 'cannot restore view public.needs: relation "public.empty" does not exist',
        hint: `the dump left out what may be needed: ${warnings.map(({ message }) => message).join(", ")}`,
      });
    });
  });
});

// As extensions for queues do with the table of each queue.
test.each([13, 18])(
  "a table that was given to an extension on %i is left to it with all its parts",
  async (major) => {
    await withDatabase(
      async (from) => {
        await from.query(`
          CREATE EXTENSION citext;
          CREATE TABLE queue (id bigint GENERATED ALWAYS AS IDENTITY, at int, message jsonb);
          INSERT INTO queue (message) VALUES ('{}');
          CREATE STATISTICS early ON id, at FROM queue;
          ALTER EXTENSION citext ADD TABLE queue`);
        await from.query(`
          CREATE INDEX late ON queue (at);
          COMMENT ON INDEX late IS 'of a user';
          ALTER TABLE queue ADD PRIMARY KEY (id), ENABLE ROW LEVEL SECURITY;
          CREATE POLICY p ON queue USING (true);
          CREATE STATISTICS late_too ON at, id FROM queue`);
        const archive = new MemoryStore();
        const { warnings } = await dump(from.url, archive, EVERYTHING);
        expect(warnings.map(({ message }) => message)).toEqual([
          "table public.queue was given to extension citext by ALTER EXTENSION and left to it, with its rows and what was added to it",
        ]);
        await withDatabase(
          async (to) => {
            await restore(archive, to.url);
            expect(
              await to.query("SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
            ).toEqual([]);
          },
          { major },
        );
      },
      { major },
    );
  },
);
