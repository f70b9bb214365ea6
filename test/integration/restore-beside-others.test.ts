/** A restore takes away only what it brings: targets that hold something of others, and archives of a part. */
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { convert } from "../../src/plain/convert/convert.ts";
import { restorePlain } from "../../src/plain/restore/restore-plain.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { type DatabaseOptions, type TestDatabase, withDatabase } from "../support/postgres.ts";

const APP = `
  CREATE SCHEMA app; CREATE TYPE app.state AS ENUM ('on', 'off');
  CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'a'), (2, 'b');
  CREATE TABLE orders (id int PRIMARY KEY, user_id int); INSERT INTO orders VALUES (10, 1);
  CREATE TABLE app.t (a app.state); CREATE FUNCTION app.f(int, text) RETURNS int LANGUAGE sql AS 'SELECT 1';`;

async function archiveOf(sql: string, options: DumpOptions = {}): Promise<MemoryStore> {
  const store = new MemoryStore();
  await withDatabase(async (source) => {
    await source.query(sql);
    await dump(source.url, store, options);
  });
  return store;
}

interface Roles {
  /** Owns the database, and is no superuser. */
  readonly owner: string;
  readonly provider: string;
}

/** A database of a plain owner, in which a provider has put things of its own. */
async function withProvider(
  use: (target: TestDatabase, ownerUrl: string, roles: Roles) => Promise<void>,
  options: DatabaseOptions = {},
): Promise<void> {
  await withDatabase(async (target) => {
    const suffix = randomBytes(4).toString("hex");
    const roles = { owner: `owner_${suffix}`, provider: `provider_${suffix}` };
    const names = `${roles.owner}, ${roles.provider}`;
    await target.query(`
      CREATE ROLE ${roles.owner} LOGIN PASSWORD 'pw'; CREATE ROLE ${roles.provider};
      ALTER DATABASE ${target.name} OWNER TO ${roles.owner};
      GRANT CREATE ON SCHEMA public TO ${roles.owner};
      CREATE SCHEMA auth AUTHORIZATION ${roles.provider};
      CREATE TABLE auth.accounts (id int); ALTER TABLE auth.accounts OWNER TO ${roles.provider};
      CREATE EXTENSION pg_trgm;
      CREATE FUNCTION auth.ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
      CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION auth.ev()`);
    try {
      const url = new URL(target.url);
      url.username = roles.owner;
      url.password = "pw";
      await use(target, url.href, roles);
    } finally {
      await target.query(`
        DROP EVENT TRIGGER IF EXISTS watch; ALTER DATABASE ${target.name} OWNER TO CURRENT_USER;
        DROP OWNED BY ${names} CASCADE; DROP ROLE ${names}`);
    }
  }, options);
}

/** Tables, views and types of users. */
async function relations(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind IN ('r', 'p', 'v') AND nspname !~ '^(pg_|information_schema)' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

const PROVIDED = ["auth.accounts"];
const RESTORED = ["app.t", "public.orders", "public.users"];

describe("a provider's schema, extension and event trigger", () => {
  // PostgreSQL 13 hides more of its catalogs from plain owners than later majors do.
  test.each([13, 18])(
    "do not make a target on %i not empty, and stay when a plain owner replaces everything",
    async (major) => {
      const store = await archiveOf(`CREATE EXTENSION pg_trgm; ${APP}`);
      await withProvider(
        async (target, ownerUrl) => {
          await restore(store, ownerUrl);
          await expect(restore(store, ownerUrl)).rejects.toMatchObject({
            code: "TARGET_NOT_EMPTY",
          });
          await target.query("CREATE TABLE auth.more (a int)");
          const { dropped, warnings } = await restore(store, ownerUrl, { force: true });
          expect(dropped).toContain("table public.users");
          const kept = warnings.filter(({ code }) => code === "existing-object");
          expect(kept.map(({ object }) => object)).toEqual(["extension pg_trgm"]);
          expect(await relations(target)).toEqual([...PROVIDED, "auth.more", ...RESTORED].sort());
          const [{ n }] = (await target.query(
            "SELECT count(*)::int AS n FROM pg_event_trigger WHERE evtname = 'watch'",
          )) as [{ n: number }];
          expect(n).toBe(1);
        },
        { major },
      );
    },
  );

  // As the table spatial_ref_sys of PostGIS, whose standard rows are the extension's.
  const configured = `
    CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE TABLE words (a int); ALTER EXTENSION pg_trgm ADD TABLE words;
    UPDATE pg_extension SET extconfig = ARRAY['words'::regclass], extcondition = ARRAY['WHERE a > 1'] WHERE extname = 'pg_trgm';
    INSERT INTO words VALUES (1);`;

  test("an extension's table without rows of the user takes no right to fill it", async () => {
    const store = await archiveOf(`${configured} ${APP}`);
    const plain = new MemoryStore();
    await convert(store, plain);
    await withProvider(async (target, ownerUrl) => {
      await target.query(configured);
      await restore(store, ownerUrl);
      expect(await relations(target)).toEqual([...PROVIDED, ...RESTORED, "public.words"].sort());
    });
    await withProvider(async (target, ownerUrl) => {
      await target.query(configured);
      await restorePlain(plain, ownerUrl);
      expect(await relations(target)).toEqual([...PROVIDED, ...RESTORED, "public.words"].sort());
    });
  });

  test("an extension's table with rows that the role may not write is named, with what to do", async () => {
    const store = await archiveOf(`${configured} INSERT INTO words VALUES (2); ${APP}`);
    await withProvider(async (target, ownerUrl) => {
      await target.query(configured);
      await expect(restore(store, ownerUrl)).rejects.toMatchObject({
        code: "PERMISSION",
        object: "table public.words",
        hint: expect.stringContaining("--exclude-table-data 'public.words'"),
      });
      await restore(store, ownerUrl, { excludeTableData: ["public.words"] });
      expect(await relations(target)).toEqual([...PROVIDED, ...RESTORED, "public.words"].sort());
    });
  });

  test("an extension's table that the role may fill gets the archive's rows, and again with force", async () => {
    const store = await archiveOf(`${configured} INSERT INTO words VALUES (2); ${APP}`);
    await withProvider(async (target, ownerUrl, { owner }) => {
      await target.query(`${configured} GRANT SELECT, INSERT, DELETE ON words TO ${owner}`);
      await restore(store, ownerUrl);
      await target.query("INSERT INTO words VALUES (3)");
      await restore(store, ownerUrl, { force: true });
      expect(await target.query("SELECT a FROM words ORDER BY 1")).toEqual([{ a: 1 }, { a: 2 }]);
    });
  });

  test.each([13, 18])(
    "on %i a superuser's subscription of an owner's table is in the way of its replacement",
    async (major) => {
      const store = await archiveOf(APP);
      await withProvider(
        async (target, ownerUrl) => {
          await restore(store, ownerUrl);
          await target.query(`
        CREATE SUBSCRIPTION provided CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false);
        INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate)
          SELECT oid, 'users'::regclass, 'i' FROM pg_subscription WHERE subname = 'provided'`);
          try {
            await expect(restore(store, ownerUrl, { force: true })).rejects.toMatchObject({
              code: "DEPENDENT_OBJECTS",
              object: "subscription provided",
            });
          } finally {
            await target.query("ALTER SUBSCRIPTION provided SET (slot_name = NONE)");
            await target.query("DROP SUBSCRIPTION provided");
          }
        },
        { major },
      );
    },
  );

  test("stay when a superuser restores for the owner, while the owner's tables go", async () => {
    const store = await archiveOf(APP);
    await withProvider(async (target, ownerUrl, { owner }) => {
      await restore(store, ownerUrl);
      await target.query(`CREATE TABLE late (a int); ALTER TABLE late OWNER TO ${owner}`);
      await restore(store, target.url, { force: true });
      expect(await relations(target)).toEqual([...PROVIDED, ...RESTORED].sort());
    });
  });

  test("in the archive's places are refused, by name and owner", async () => {
    const store = await archiveOf(APP);
    await withProvider(async (target, ownerUrl, { provider }) => {
      await target.query(`CREATE TABLE users (id int); ALTER TABLE users OWNER TO ${provider}`);
      await expect(restore(store, ownerUrl, { force: true })).rejects.toMatchObject({
        code: "NOT_OWNER",
        object: `table public.users of role ${provider}`,
      });
    });
  });
});

test.each([
  ["COMMENT ON SCHEMA public IS NULL", "schema public"],
  ["DROP SCHEMA public", "schema public"],
  ["GRANT CREATE ON SCHEMA public TO pg_monitor", "schema public"],
  ["CREATE SCHEMA other", undefined],
])(
  "the schema public stays that of another role, as before PostgreSQL 15: %s",
  async (sql, named) => {
    const archive = new MemoryStore();
    await withDatabase(async (source) => {
      await source.query(`CREATE SCHEMA app; ${sql}`);
      await dump(source.url, archive);
    });
    await withProvider(async (target, ownerUrl, { provider }) => {
      await target.query(`ALTER SCHEMA public OWNER TO ${provider}`);
      const { warnings } = await restore(archive, ownerUrl, { privileges: true });
      expect(warnings.map(({ code, object, message }) => [code, object, message])).toEqual(
        named === undefined
          ? []
          : [
              [
                "existing-object",
                named,
                `${named} exists already, belongs to role ${provider} and was left as it is`,
              ],
            ],
      );
      expect(await target.query("SELECT obj_description('public'::regnamespace) AS it")).toEqual([
        { it: "standard public schema" },
      ]);
      await target.query("ALTER SCHEMA public OWNER TO CURRENT_USER");
    });
  },
);

test("the schema public stays where the target uses it and the source dropped it", async () => {
  const archive = new MemoryStore();
  await withDatabase(async (source) => {
    await source.query("DROP SCHEMA public; CREATE SCHEMA app; CREATE TABLE app.t (a int)");
    await dump(source.url, archive);
  });
  await withProvider(async (target, ownerUrl, { owner }) => {
    await target.query(
      `ALTER SCHEMA public OWNER TO ${owner}; CREATE EXTENSION citext SCHEMA public`,
    );
    const { warnings } = await restore(archive, ownerUrl);
    expect(warnings.map(({ code, object }) => [code, object])).toEqual([
      ["existing-object", "schema public"],
    ]);
    expect(await target.query("SELECT 'a'::public.citext = 'A' AS equal")).toEqual([
      { equal: true },
    ]);
  });
  await withDatabase(async (target) => {
    await restore(archive, target.url, { owner: true });
    expect(await target.query("SELECT to_regnamespace('public') AS it")).toEqual([{ it: null }]);
  });
});

describe("an archive of a part", () => {
  test("replaces its own relations alone", async () => {
    const store = await archiveOf(APP, { tables: ["users"] });
    await withDatabase(async (target) => {
      await target.query(APP);
      await target.query("DELETE FROM users WHERE id = 1");
      await expect(restore(store, target.url)).rejects.toMatchObject({ code: "TARGET_NOT_EMPTY" });
      const { dropped } = await restore(store, target.url, { force: true });
      expect(dropped).toEqual(["table public.users"]);
      expect(await target.query("SELECT id FROM users ORDER BY 1")).toEqual([{ id: 1 }, { id: 2 }]);
      expect(await target.query("SELECT id FROM orders")).toEqual([{ id: 10 }]);
    });
  });

  test("replaces its own schema, and leaves what that schema holds besides", async () => {
    const store = await archiveOf(APP, { schemas: ["app"] });
    await withDatabase(async (target) => {
      await target.query(
        `${APP} CREATE TABLE app.other (a int); CREATE FUNCTION app.f(text) RETURNS int LANGUAGE sql AS 'SELECT 2'`,
      );
      const { dropped } = await restore(store, target.url, { force: true });
      expect(dropped).toEqual(["table app.t", "function app.f(integer,text)", "type app.state"]);
      expect(await relations(target)).toEqual([
        "app.other",
        "app.t",
        "public.orders",
        "public.users",
      ]);
      expect(await target.query("SELECT app.f('x') AS f")).toEqual([{ f: 2 }]);
      await target.query("DROP TABLE app.other; DROP FUNCTION app.f(text)");
      const again = await restore(store, target.url, { force: true });
      expect(again.dropped).toContain("schema app");
    });
  });

  test.each([
    ["CREATE VIEW seen AS SELECT id FROM users", "view public.seen"],
    [
      "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users",
      "constraint orders_user_id_fkey on table public.orders",
    ],
    [
      "CREATE FUNCTION low() RETURNS SETOF users LANGUAGE sql AS 'SELECT 1, NULL'",
      "function public.low()",
    ],
    [
      "CREATE PUBLICATION pub FOR TABLE users",
      "publication of table public.users in publication pub",
    ],
    ["CREATE TABLE heir () INHERITS (users)", "table public.heir"],
  ])("is refused where this depends on it: %s", async (sql, name) => {
    const store = await archiveOf(APP, { tables: ["users"] });
    await withDatabase(async (target) => {
      await target.query(`${APP} ${sql}`);
      await expect(restore(store, target.url, { force: true })).rejects.toMatchObject({
        code: "DEPENDENT_OBJECTS",
        object: name,
      });
      expect(await target.query("SELECT id FROM users ORDER BY 1")).toHaveLength(2);
    });
  });

  test("of a partitioned table does not take the partitions along", async () => {
    const parts =
      "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); INSERT INTO p VALUES (1);";
    const store = await archiveOf(parts, { tables: ["p"] });
    const both = await archiveOf(parts, { tables: ["p*"] });
    await withDatabase(async (target) => {
      await target.query(parts);
      await expect(restore(store, target.url, { force: true })).rejects.toMatchObject({
        code: "DEPENDENT_OBJECTS",
        object: "table public.p1",
      });
      expect((await restore(both, target.url, { force: true })).dropped).toEqual([
        "table public.p",
      ]);
      expect(await target.query("SELECT * FROM p1")).toHaveLength(1);
    });
  });
});

test("an extension that the target has in another schema is an error before anything is changed, where it is used", async () => {
  const unused = await archiveOf("CREATE EXTENSION citext; CREATE TABLE t (a int)");
  const used = await archiveOf("CREATE EXTENSION citext; CREATE TABLE t (a citext)");
  await withDatabase(async (target) => {
    await target.query("CREATE SCHEMA extensions; CREATE EXTENSION citext SCHEMA extensions");
    await expect(restore(used, target.url, { trusted: true, force: true })).rejects.toMatchObject({
      code: "UNSUPPORTED_SERVER",
      object: "extension citext",
      message: expect.stringContaining("table public.t needs it in public"),
      hint: expect.stringContaining("ALTER EXTENSION citext SET SCHEMA public"),
    });
    await target.query("ALTER EXTENSION citext SET SCHEMA public; DROP SCHEMA extensions");
    await restore(used, target.url, { trusted: true });
  });
  await withDatabase(async (target) => {
    await target.query("CREATE SCHEMA extensions; CREATE EXTENSION citext SCHEMA extensions");
    await restore(unused, target.url, { trusted: true, force: true });
  });
});
