/** Materialized views that a restore cannot fill, because their owners could not fill them again either. */
import { escapeIdentifier } from "pg";
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/swap/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

test("a view whose owner may no longer read its tables is left unfilled, with a warning, and so is what reads it", async () => {
  await withDatabase(async (source) => {
    const role = escapeIdentifier(`${source.name}_owner`);
    await source.query(`
      CREATE ROLE ${role};
      CREATE TABLE secret (id int);
      INSERT INTO secret VALUES (1);
      CREATE MATERIALIZED VIEW copy AS SELECT id FROM secret;
      CREATE MATERIALIZED VIEW copy_of_copy AS SELECT id FROM copy;
      CREATE MATERIALIZED VIEW fine AS SELECT 1 AS id;
      ALTER MATERIALIZED VIEW copy OWNER TO ${role}`);
    try {
      const archive = new MemoryStore();
      await dump(source.url, archive);
      await withDatabase(async (target) => {
        const { warnings } = await restore(archive, target.url, {
          trusted: true,
          owner: true,
          privileges: true,
        });
        expect(warnings.map(({ code, object }) => [code, object])).toEqual([
          ["unpopulated-view", "materialized view public.copy"],
          ["unpopulated-view", "materialized view public.copy_of_copy"],
        ]);
        expect(
          await target.query("SELECT relname FROM pg_class WHERE relkind = 'm' AND relispopulated"),
        ).toEqual([{ relname: "fine" }]);
      });
      // With the tables' owner everything is filled.
      await withDatabase(async (target) => {
        expect((await restore(archive, target.url, { trusted: true })).warnings).toEqual([]);
        expect(await target.query("SELECT id FROM copy_of_copy")).toEqual([{ id: 1 }]);
      });
    } finally {
      await source.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
    }
  });
});

test("a view whose query fails since its rows were read is left unfilled, with a warning", async () => {
  await withDatabase(async (source) => {
    await source.query(`
      CREATE TABLE t (a int);
      INSERT INTO t VALUES (1);
      CREATE FUNCTION f(int) RETURNS int LANGUAGE plpgsql AS $$
        BEGIN IF $1 = 0 THEN RAISE 'no zero'; END IF; RETURN $1; END $$;
      CREATE MATERIALIZED VIEW divided AS SELECT 1 / a AS a FROM t;
      CREATE MATERIALIZED VIEW one AS SELECT (SELECT a FROM t) AS a;
      CREATE MATERIALIZED VIEW raised AS SELECT f(a) AS a FROM t;
      CREATE MATERIALIZED VIEW same AS SELECT sign(a) AS a FROM t WHERE a > 0;
      CREATE UNIQUE INDEX ON same (a);
      CREATE MATERIALIZED VIEW fine AS SELECT a FROM t;
      INSERT INTO t VALUES (0), (2);
      REFRESH MATERIALIZED VIEW fine`);
    const archive = new MemoryStore();
    await dump(source.url, archive);
    await withDatabase(async (target) => {
      const { warnings } = await restore(archive, target.url, { trusted: true });
      expect(warnings.map(({ code, message }) => [code, message])).toEqual(
        [
          "divided was not filled: cannot restore refresh public.divided: division by zero",
          "one was not filled: cannot restore refresh public.one: more than one row returned by a subquery used as an expression",
          "raised was not filled: cannot restore refresh public.raised: a function or trigger raised an error (its text can quote rows and is not shown)",
          'same was not filled: cannot restore refresh public.same: could not create unique index "same_a_idx"',
        ].map((message) => ["unpopulated-view", `materialized view public.${message}`]),
      );
      expect(await target.query("SELECT a FROM fine ORDER BY a")).toEqual(
        [0, 1, 2].map((a) => ({ a })),
      );
    });
  });
});

test.each([
  ["restore", {}],
  ["swap", { swap: { jobs: 2, keepOld: 0 } }],
] as const)(
  "a view that reads a later one by a function is filled after it, in a %s",
  async (_way, options) => {
    await withDatabase(async (source) => {
      await source.query(`
      CREATE MATERIALIZED VIEW c AS SELECT 7 AS n;
      CREATE FUNCTION of_b() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT n FROM public.b); END';
      CREATE FUNCTION of_c() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT n FROM public.c); END';
      CREATE MATERIALIZED VIEW b AS SELECT of_c() AS n;
      CREATE MATERIALIZED VIEW a AS SELECT of_b() AS n;
      CREATE UNIQUE INDEX ON a (n)`);
      const archive = new MemoryStore();
      await dump(source.url, archive);
      await withDatabase(async (target) => {
        const { warnings } = await restore(archive, target.url, { trusted: true, ...options });
        expect(warnings).toEqual([]);
        expect(await target.query("SELECT n FROM a")).toEqual([{ n: 7 }]);
      });
    });
  },
);
