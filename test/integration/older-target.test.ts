/** An archive of a newer server in an older one: what stands in the way is named before anything runs. */
import { describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { isNexushubDumpError } from "../../src/errors.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { corpus } from "../support/corpus.ts";
import { withDatabase } from "../support/postgres.ts";

async function archiveOf(sql: string, major: number): Promise<MemoryStore> {
  const store = new MemoryStore();
  await withDatabase(
    async (source) => {
      await source.query(sql);
      await dump(source.url, store, { schemaOnly: true });
    },
    { major },
  );
  return store;
}

/** Cases whose servers are newer than the oldest, but for those that need roles or leave things behind. */
const newer = corpus(18).filter(
  ({ oldest, roles, name }) =>
    oldest > 13 && roles.length === 0 && !name.startsWith("subscription"),
);

describe("each case of the corpus that an older server can't have", () => {
  test.each(newer.map((it) => [it.name, it.oldest, it] as const))(
    "%s, which came with %i",
    async (_name, oldest, { sql }) => {
      const store = await archiveOf(sql, oldest);
      await withDatabase(
        async (target) => {
          const error = await restore(store, target.url).then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          // Some older servers have what they need without the construct; none fails on the way.
          if (error === undefined) return;
          expect(isNexushubDumpError(error) && error.code).toBe("UNSUPPORTED_SERVER");
          expect((error as Error).message).toContain(`(PostgreSQL ${oldest})`);
        },
        { major: oldest - 1 },
      );
    },
  );
});

test("every construct is named, and nothing is made", async () => {
  const store = await archiveOf(
    `CREATE TABLE plain (a text DEFAULT 'NOT ENFORCED) VIRTUAL', "IS JSON" int);
     CREATE TABLE t (a int, v int GENERATED ALWAYS AS (a + 1) VIRTUAL, CHECK (a > 0) NOT ENFORCED, UNIQUE NULLS NOT DISTINCT (a));
     CREATE VIEW v WITH (security_invoker = true) AS SELECT json_array(a) AS j FROM t;
     CREATE FUNCTION f() RETURNS text RETURN 'x'`,
    18,
  );
  await withDatabase(
    async (target) => {
      const error = await restore(store, target.url).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "UNSUPPORTED_SERVER" });
      expect(
        (error as Error).message
          .replace(/^.* holds: /, "")
          .split(", ")
          .sort(),
      ).toEqual([
        "check constraint public.t t_a_check: a constraint that is NOT ENFORCED (PostgreSQL 18)",
        "function public.f(): a body in standard SQL (PostgreSQL 14)",
        "key constraint public.t t_a_key: NULLS NOT DISTINCT (PostgreSQL 15)",
        "table public.t: a virtual generated column (PostgreSQL 18)",
        "view public.v: security_invoker (PostgreSQL 15)",
        "view public.v: standard SQL's JSON constructors and IS JSON (PostgreSQL 16)",
      ]);
      const made = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace";
      expect(await target.query(made)).toEqual([]);
      await restore(store, target.url, { tables: ["plain"] });
      expect(await target.query(made)).toEqual([{ relname: "plain" }]);
    },
    { major: 13 },
  );
});

test("names of NOT NULL constraints that an older server does not keep are warned of, comments on them refused", async () => {
  const sql = `CREATE TABLE t (a int CONSTRAINT "must be" NOT NULL, b int NOT NULL CHECK (b > 0), c int CONSTRAINT c1 NOT NULL)`;
  const store = await archiveOf(sql, 18);
  const commented = await archiveOf(`${sql}; COMMENT ON CONSTRAINT c1 ON t IS 'why'`, 18);
  await withDatabase(
    async (target) => {
      const error = await restore(commented, target.url).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "UNSUPPORTED_SERVER" });
      expect((error as Error).message).toContain(
        "holds: comment on CONSTRAINT c1 ON public.t: a comment on NOT NULL (PostgreSQL 18)",
      );
      const { warnings } = await restore(store, target.url);
      expect(warnings.map(({ message }) => message)).toContain(
        'table public.t: loses the constraint names "must be", c1 (PostgreSQL 18)',
      );
    },
    { major: 17 },
  );
});

test("the name of a domain's NOT NULL that an older server does not keep is warned of, a comment on it refused", async () => {
  const sql = "CREATE DOMAIN d AS int CONSTRAINT must NOT NULL";
  const store = await archiveOf(sql, 17);
  const commented = await archiveOf(`${sql}; COMMENT ON CONSTRAINT must ON DOMAIN d IS 'x'`, 17);
  await withDatabase(
    async (target) => {
      const error = await restore(commented, target.url).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "UNSUPPORTED_SERVER" });
      expect((error as Error).message).toContain(
        "comment on CONSTRAINT must ON DOMAIN public.d: a comment on the NOT NULL of a domain (PostgreSQL 17)",
      );
      const { warnings } = await restore(store, target.url);
      expect(warnings.map(({ message }) => message)).toContain(
        "domain public.d: loses the constraint name must (PostgreSQL 17)",
      );
      const [row] = await target.query("SELECT typnotnull FROM pg_type WHERE typname = 'd'");
      expect(row).toEqual({ typnotnull: true });
    },
    { major: 16 },
  );
});

test("a server built without lz4 is distinguished from one with it", async () => {
  const hasLz4 = "'lz4' = ANY (enumvals) AS has FROM pg_settings";
  await withDatabase(
    async (database) => {
      const [setting] = await database.query<{ has: boolean }>(
        `SELECT ${hasLz4} WHERE name = 'default_toast_compression'`,
      );
      await database.query("CREATE TABLE t (a text)");
      // A server without lz4 has no other way to such a column.
      await database.query(
        "UPDATE pg_attribute SET attcompression = 'l' WHERE attrelid = 't'::regclass AND attname = 'a'",
      );
      const store = new MemoryStore();
      await dump(database.url, store, { schemaOnly: true });
      await database.query("DROP TABLE t");
      const error = await restore(store, database.url).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (setting?.has === true) expect(error).toBeNull();
      else {
        expect((error as Error).message).toContain(
          "table public.t: lz4 (the server was built without it)",
        );
      }
    },
    { major: 16 },
  );
});
