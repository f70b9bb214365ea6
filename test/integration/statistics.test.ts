/** Planner statistics: in archives of 18 and later, set by a restore in place of ANALYZE, never with rows that are left out. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import type { OnProgress } from "../../src/events.ts";
import { convert } from "../../src/plain/convert/convert.ts";
import { restorePlain } from "../../src/plain/restore/restore-plain.ts";
import type { RestoreOptions } from "../../src/restore/options.ts";
import { restore } from "../../src/swap/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { serverFor, type TestDatabase, withDatabase } from "../support/postgres.ts";

const MAJOR = 18;

function onServer(body: (database: TestDatabase) => Promise<void>): Promise<void> {
  return withDatabase(body, { major: MAJOR });
}

const TABLES = `
  CREATE SCHEMA "S '1";
  CREATE TABLE "S '1"."T" (id int PRIMARY KEY, "E{" text, tags text[], span int4range, n int, doc jsonb);
  INSERT INTO "S '1"."T" SELECT g, 'x"' || g % 5, ARRAY['a', 'b\\\\' || g % 3], int4range(g, g + 10), nullif(g % 7, 0), '{}'
    FROM generate_series(1, 1000) g;
  CREATE INDEX ti ON "S '1"."T" (lower("E{"), (n + 1), id);
  CREATE TABLE plain (v numeric); INSERT INTO plain SELECT g / 7.0 FROM generate_series(1, 400) g;
  CREATE MATERIALIZED VIEW mv AS SELECT n, count(*) FROM "S '1"."T" GROUP BY 1;
  CREATE TABLE p (a int, b text) PARTITION BY RANGE (a);
  CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (300);
  CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (300) TO (1000);
  INSERT INTO p SELECT g, g FROM generate_series(1, 500) g;
  CREATE INDEX pi ON p ((a % 7));
  CREATE TABLE parent (k int); CREATE TABLE child () INHERITS (parent); INSERT INTO child SELECT generate_series(1, 300);
  CREATE TABLE never (k int); INSERT INTO never SELECT generate_series(1, 300);`;

/** Everything but `never` is analyzed. */
const SOURCE = `${TABLES} ANALYZE "S '1"."T", plain, mv, p, parent, child;`;

const USERS = "schemaname NOT IN ('pg_catalog', 'information_schema')";

async function statisticsOf(database: TestDatabase): Promise<unknown[]> {
  return database.query(`SELECT s::text FROM pg_stats s WHERE ${USERS} ORDER BY 1`);
}

async function rowsOf(database: TestDatabase): Promise<unknown[]> {
  return database.query(`SELECT relname, reltuples, relpages > 0 AS "hasPages" FROM pg_class
    WHERE relkind IN ('r', 'm') AND relname <> 'never' AND relnamespace IN ('public'::regnamespace, '"S ''1"'::regnamespace) ORDER BY 1`);
}

async function archiveOf(source: TestDatabase, options: DumpOptions = {}): Promise<MemoryStore> {
  const store = new MemoryStore();
  await dump(source.url, store, options);
  return store;
}

/** Names of the relations whose statistics an archive has. */
async function recorded(store: MemoryStore): Promise<string[]> {
  const reader = await openArchive(store);
  await reader.close();
  return (reader.manifest.statistics ?? []).map(({ name }) => name).sort();
}

/** @returns whether it ran ANALYZE. */
async function restored(
  store: MemoryStore,
  target: TestDatabase,
  options: RestoreOptions = {},
): Promise<{ isAnalyzed: boolean }> {
  let isAnalyzed = false;
  const onProgress: OnProgress = (event) => {
    if (event.type === "phase" && event.phase === "analyze") isAnalyzed = true;
  };
  await restore(store, target.url, { ...options, trusted: true, onProgress });
  return { isAnalyzed };
}

const ALL = [
  "T",
  "child",
  "mv",
  "p",
  "p1",
  "p1_expr_idx",
  "p2",
  "p2_expr_idx",
  "parent",
  "plain",
  "ti",
];

test.each([{}, { swap: { keepOld: 0 } }])(
  "a restore %j sets what pg_stats said, and analyzes the others",
  async (options) => {
    await onServer(async (source) => {
      await source.query(SOURCE);
      const store = await archiveOf(source);
      expect(await recorded(store)).toEqual(ALL);
      const statistics = await statisticsOf(source);
      const rows = await rowsOf(source);
      await onServer(async (target) => {
        expect(await restored(store, target, { ...options, analyze: false })).toEqual({
          isAnalyzed: false,
        });
        expect(await statisticsOf(target)).toEqual(statistics);
        expect(await rowsOf(target)).toEqual(rows);
      });
      await onServer(async (target) => {
        expect(await restored(store, target, options)).toEqual({ isAnalyzed: true });
        expect(await target.query("SELECT FROM pg_stats WHERE tablename = 'never'")).toHaveLength(
          1,
        );
        expect(await statisticsOf(target)).toHaveLength(statistics.length + 1);
      });
    });
  },
);

test.each([{}, { swap: { keepOld: 0 } }])(
  "a restore %j analyzes tables with CREATE STATISTICS, and those alone",
  async (options) => {
    await onServer(async (source) => {
      await source.query(`${TABLES} DROP TABLE never;
        CREATE STATISTICS st ON id, n FROM "S '1"."T"; CREATE STATISTICS sp ON a, b FROM p; CREATE STATISTICS sm ON n, count FROM mv;
        ANALYZE "S '1"."T", plain, mv, p, parent, child`);
      const store = await archiveOf(source);
      const extended = `SELECT s.stxname FROM pg_statistic_ext s JOIN pg_statistic_ext_data d ON d.stxoid = s.oid ORDER BY 1`;
      expect(await source.query(extended)).toHaveLength(3);
      await onServer(async (target) => {
        await restored(store, target, options);
        expect((await target.query(extended)).map(({ stxname }) => stxname)).toEqual(["sp", "st"]);
        const analyzed = await target.query(
          "SELECT relname FROM pg_stat_user_tables WHERE analyze_count > 0 ORDER BY 1",
        );
        expect(analyzed.map(({ relname }) => relname)).toEqual(["T", "p", "p1", "p2"]);
      });
    });
  },
);

test("without them, or where they are out of date, a restore analyzes", async () => {
  await onServer(async (source) => {
    await source.query(
      `CREATE TABLE a (k int); INSERT INTO a SELECT generate_series(1, 300); ANALYZE a`,
    );
    const current = await archiveOf(source);
    const without = await archiveOf(source, { statistics: false });
    await source.query("INSERT INTO a SELECT generate_series(1, 100)");
    const stale = await archiveOf(source);
    expect(await recorded(without)).toEqual([]);
    for (const [store, options, isAnalyzed] of [
      [current, {}, false],
      [current, { statistics: false }, true],
      [without, {}, true],
      [stale, {}, true],
    ] as const)
      await onServer(async (target) => {
        expect(await restored(store, target, options)).toEqual({ isAnalyzed });
        expect(await target.query("SELECT FROM pg_stats WHERE tablename = 'a'")).toHaveLength(1);
      });
  });
});

test("rows that are left out or replaced leave no trace in them", async () => {
  await onServer(async (source) => {
    await source.query(SOURCE);
    const without = (...names: string[]): string[] => ALL.filter((name) => !names.includes(name));
    const derived = ["mv", "p", "p1", "p1_expr_idx", "p2", "p2_expr_idx", "parent"];
    const big = ["T", "ti"];
    const cases: readonly (readonly [DumpOptions, readonly string[]])[] = [
      [{ mask: { [`"S '1"."T"."E{"`]: "'secret'" } }, without(...derived, ...big)],
      [{ where: { plain: "v < 3" } }, without(...derived, "plain")],
      [{ excludeTableData: ["plain"] }, without(...derived, "plain")],
      [{ excludeTables: ["p1"] }, without(...derived)],
      [{ tables: ["plain"] }, ["plain"]],
      [{ schemaOnly: true }, []],
      [{ dataOnly: true }, []],
      [{ purpose: "fixture" }, []],
      [{ reproducible: true }, []],
      [{ enableRowSecurity: true }, []],
    ];
    for (const [options, names] of cases)
      expect([options, await recorded(await archiveOf(source, options))]).toEqual([options, names]);
    await expect(archiveOf(source, { statistics: true, reproducible: true })).rejects.toThrow(
      "exclude reproducible",
    );
  });
});

test("a plain owner sets them", async () => {
  const server = await serverFor(MAJOR);
  const role = `statistics_${randomBytes(4).toString("hex")}`;
  await server.admin(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
  try {
    await onServer(async (source) => {
      await source.query(
        `CREATE TABLE a (k int); INSERT INTO a SELECT generate_series(1, 300); ANALYZE a`,
      );
      const store = await archiveOf(source);
      await onServer(async (target) => {
        await target.query(`ALTER DATABASE "${target.name}" OWNER TO ${role}`);
        expect(await restored(store, target, { role })).toEqual({ isAnalyzed: false });
        expect(await statisticsOf(target)).toEqual(await statisticsOf(source));
      });
    });
  } finally {
    await server.admin(`DROP ROLE ${role}`);
  }
});

test("what the server does not take is analyzed, and no value is shown", async () => {
  await onServer(async (source) => {
    await source.query(`
      CREATE DOMAIN d AS int; CREATE TABLE a (k d); INSERT INTO a SELECT generate_series(1, 300); ANALYZE a;
      DELETE FROM a WHERE k % 20 = 1; ALTER DOMAIN d ADD CHECK (value % 20 <> 1)`);
    const store = await archiveOf(source);
    expect(await recorded(store)).toEqual(["a"]);
    await onServer(async (target) => {
      const { warnings } = await restore(store, target.url, { trusted: true });
      expect(warnings).toEqual([]);
      const [row] = await target.query<{ bounds: string }>(
        "SELECT histogram_bounds::text AS bounds FROM pg_stats WHERE tablename = 'a'",
      );
      expect(row!.bounds).toMatch(/^\{2,/);
    });
  });
});

test("a table that the server cannot analyze is named, the rest is restored, in every way", async () => {
  await withDatabase(async (source) => {
    await source.query(`
      CREATE FUNCTION f(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
        IF current_query() LIKE '%ANA' || 'LYZE%' THEN RAISE EXCEPTION 'row %', $1; END IF; RETURN $1; END $$;
      CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 300); CREATE INDEX ON t (f(a));
      CREATE TABLE u (a int); INSERT INTO u SELECT generate_series(1, 300)`);
    const [archive, plain] = [new MemoryStore(), new MemoryStore()];
    await dump(source.url, archive);
    await convert(archive, plain);
    const options = { trusted: true };
    for (const restored of [
      (url: string) => restore(archive, url, options),
      (url: string) => restore(archive, url, { ...options, swap: { jobs: 2, keepOld: 0 } }),
      (url: string) => restorePlain(plain, url, options),
    ]) {
      await withDatabase(async (target) => {
        const { warnings, committed } = await restored(target.url);
        expect(committed).toBe(true);
        expect(warnings.filter(({ code }) => code !== "disk-space")).toEqual([
          {
            code: "not-analyzed",
            object: "table public.t",
            message: "table public.t was not analyzed: the server cannot do it (SQLSTATE P0001)",
          },
        ]);
        expect(
          await target.query(
            "SELECT count(*)::int, (SELECT reltuples FROM pg_class WHERE relname = 'u') FROM t",
          ),
        ).toEqual([{ count: 300, reltuples: 300 }]);
      });
    }
  });
});
