/** Rights that a role lacks which owns its database and is no superuser: named before the rows are loaded, with what to do. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import type { RestoreOptions } from "../../src/restore/options.ts";
import { restore } from "../../src/swap/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { dropSubscriptions } from "../support/corpus.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";
import { namesBeside } from "../swap/databases.ts";

const ROWS = "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 100);";

async function archiveOf(sql: string, major: number, options: DumpOptions): Promise<MemoryStore> {
  const store = new MemoryStore();
  await withDatabase(
    async (source) => {
      await source.query(ROWS + sql);
      await dump(source.url, store, options);
      await dropSubscriptions(source);
    },
    { major },
  );
  return store;
}

/** A database whose owner is no superuser, and the names of the owner and of another role that it is no member of. */
async function withOwner(
  major: number,
  use: (target: TestDatabase, ownerUrl: string) => Promise<void>,
  other: string,
): Promise<void> {
  await withDatabase(
    async (target) => {
      const owner = `owner_${randomBytes(4).toString("hex")}`;
      await target.query(`
        CREATE ROLE ${owner} LOGIN CREATEDB PASSWORD 'pw'; CREATE ROLE ${other};
        ALTER DATABASE ${target.name} OWNER TO ${owner}; GRANT CREATE ON SCHEMA public TO ${owner}`);
      try {
        const url = new URL(target.url);
        url.username = owner;
        url.password = "pw";
        await use(target, url.href);
      } finally {
        await target.query(`ALTER DATABASE ${target.name} OWNER TO CURRENT_USER;
          DROP OWNED BY ${owner}, ${other} CASCADE; DROP ROLE ${owner}, ${other}`);
      }
    },
    { major },
  );
}

interface Case {
  readonly sql: string;
  readonly options?: RestoreOptions;
  readonly object: string;
  readonly hint: string;
  /** What to restore with instead. */
  readonly instead: RestoreOptions;
}

/** `other` is a role that the owner is no member of. */
const CASES: Readonly<Record<string, Case>> = {
  "a publication of all tables": {
    sql: "CREATE PUBLICATION p FOR ALL TABLES",
    object: "publication p",
    hint: "--no-publications",
    instead: { noPublications: true },
  },
  "a subscription": {
    sql: "CREATE SUBSCRIPTION rights CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE)",
    object: "subscription rights",
    hint: "--no-subscriptions",
    instead: { noSubscriptions: true },
  },
  "an event trigger": {
    sql: `CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
      CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()`,
    object: "event trigger e",
    hint: "--use-list",
    instead: { leaveOut: ({ kind }) => kind === "event-trigger" },
  },
  "a function that sets a parameter": {
    sql: "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET session_replication_role = replica AS 'SELECT 1'",
    object: "function public.f()",
    hint: "--use-list",
    instead: { leaveOut: ({ kind }) => kind === "function" },
  },
  "default privileges of another role": {
    sql: "ALTER DEFAULT PRIVILEGES FOR ROLE other GRANT SELECT ON TABLES TO PUBLIC",
    options: { privileges: true },
    object: "default privileges FOR TABLES OF other",
    hint: "--privileges",
    instead: {},
  },
  "privileges that another role granted": {
    sql: `GRANT SELECT ON t TO other WITH GRANT OPTION;
      SET ROLE other; GRANT SELECT ON t TO PUBLIC; RESET ROLE`,
    options: { privileges: true },
    object: "privileges on TABLE public.t",
    hint: "--privileges",
    instead: {},
  },
  "an owner that the role is not a member of": {
    sql: "ALTER TABLE t OWNER TO other",
    options: { owner: true },
    object: "owner of TABLE public.t",
    hint: "--owner",
    instead: {},
  },
};

/** The ways to restore. */
const WAYS: Readonly<Record<string, RestoreOptions>> = {
  restore: {},
  swap: { swap: { jobs: 2, keepOld: 0 } },
};

test.each(
  Object.entries(CASES).flatMap(([name, each]) =>
    Object.entries(WAYS).flatMap(([way, options]) =>
      [13, 18].map((major) => [name, way, major, each, options] as const),
    ),
  ),
)("%s ends a %s on %i before its rows", async (_name, _way, major, each, way) => {
  const other = `other_${randomBytes(4).toString("hex")}`;
  const named = (text: string): string => text.replaceAll(/\bother\b/g, other);
  await withOwner(
    major,
    async (target, ownerUrl) => {
      const archive = await archiveOf(named(each.sql), major, { owner: true, privileges: true });
      const phases: string[] = [];
      const onProgress: RestoreOptions["onProgress"] = (event) => {
        if (event.type === "phase") phases.push(event.phase);
      };
      await expect(
        restore(archive, ownerUrl, { ...each.options, ...way, onProgress }),
      ).rejects.toMatchObject({
        code: "PERMISSION",
        object: named(each.object),
        hint: expect.stringContaining(each.hint),
      });
      expect(phases).not.toContain("data");
      expect(await namesBeside(target)).toEqual([]);
      const { rows } = await restore(archive, ownerUrl, { ...each.instead, ...way });
      expect(rows).toBe(100);
      expect(await target.query("SELECT count(*)::int FROM t")).toEqual([{ count: 100 }]);
    },
    other,
  );
});

test("what a right suffices for is tried first and then made once, and rows are frozen", async () => {
  const archive = await archiveOf(
    "CREATE PUBLICATION p FOR TABLE t; ALTER TABLE t SET (autovacuum_enabled = off)",
    18,
    {},
  );
  const other = `other_${randomBytes(4).toString("hex")}`;
  await withOwner(
    18,
    async (target, ownerUrl) => {
      const statements: string[] = [];
      await restore(archive, ownerUrl, {
        onProgress: (event) => {
          if (event.type === "statement")
            statements.push(`${event.index}/${event.total} ${event.kind}`);
        },
      });
      expect(statements.filter((each) => each.endsWith("publication"))).toHaveLength(1);
      expect(statements.at(-1)).toMatch(/^(\d+)\/\1 /);
      expect(await target.query("SELECT pubname FROM pg_publication")).toEqual([{ pubname: "p" }]);
      const [table] = await target.query<{ frozen: boolean }>(
        "SELECT relallvisible > 0 AS frozen FROM pg_class WHERE oid = 't'::regclass",
      );
      expect(table).toEqual({ frozen: true });
    },
    other,
  );
});

test("an archive of a part says what is missing where it cannot be restored", async () => {
  const archive = await archiveOf(
    "CREATE SCHEMA lib; CREATE TYPE lib.mood AS ENUM ('on'); CREATE TABLE u (m lib.mood)",
    18,
    { tables: ["u"] },
  );
  await withDatabase(
    async (target) => {
      await expect(restore(archive, target.url, { trusted: true })).rejects.toMatchObject({
        object: "table public.u",
        hint: expect.stringContaining("table public.u needs type lib.mood, which was not selected"),
      });
    },
    { major: 18 },
  );
});
