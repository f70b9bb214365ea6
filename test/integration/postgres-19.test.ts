/** PostgreSQL 19, as far as that is possible without a server of it (test/support/postgres-19.ts). */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { dump } from "../../src/dump/dump.ts";
import { restorePlain } from "../../src/plain/restore/restore-plain.ts";
import { missingFeatures } from "../../src/restore/decide/server-features.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { EVERYTHING, manifestOf } from "../support/contents.ts";
import { dropSubscriptions } from "../support/corpus.ts";
import { freshDatabase, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { EXTENDED_CALLS, nineteen, NINETEEN, STATS_EXT } from "../support/postgres-19.ts";

const STATEMENTS = [
  "CREATE FOREIGN DATA WRAPPER wrapper CONNECTION public.connection",
  "CREATE AGGREGATE public.total(integer) (\n    SFUNC = int4pl,\n    STYPE = integer,\n    SUPPORT = public.planner\n)",
  `CREATE PUBLICATION counters FOR ALL SEQUENCES WITH (publish = 'insert, update, delete, truncate')`,
  `CREATE PUBLICATION everything FOR ALL TABLES EXCEPT (TABLE ONLY public."Log book", TABLE ONLY public.secret), ALL SEQUENCES WITH (publish = 'insert, update, delete, truncate')`,
  `CREATE PUBLICATION one WITH (publish = 'insert, update, delete, truncate')`,
  `ALTER PUBLICATION one ADD TABLE ONLY public.shown (a) WHERE ((a > 0))`,
  `CREATE SUBSCRIPTION patient\n    CONNECTION 'dbname=x'\n    PUBLICATION p\n    WITH (connect = false, streaming = parallel, retain_dead_tuples = true, max_retention_duration = 60000, wal_receiver_timeout = '10s')`,
  `CREATE SUBSCRIPTION plain\n    CONNECTION 'dbname=x'\n    PUBLICATION p\n    WITH (connect = false, streaming = parallel)`,
  `CREATE TABLE public.hosts (\n    ip inet\n)\nWITH (fillfactor=90, autovacuum_parallel_workers=2)`,
  `CREATE SUBSCRIPTION through\n    SERVER far\n    PUBLICATION p\n    WITH (connect = false, streaming = parallel)`,
];

/** What an older server lacks of it. */
const LACKING = [
  "aggregate public.total(integer): a planner support function of an aggregate (PostgreSQL 19)",
  "foreign data wrapper wrapper: a connection function of a foreign data wrapper (PostgreSQL 19)",
  "index public.addresses: GiST's operator class for inet and cidr as their default (PostgreSQL 19)",
  "publication counters: the publication of all sequences (PostgreSQL 19)",
  "publication everything: tables that a publication excepts (PostgreSQL 19)",
  "publication everything: the publication of all sequences (PostgreSQL 19)",
  "statistics public.on_expression: statistics on a virtual generated column (PostgreSQL 19)",
  "statistics public.on_virtual: statistics on a virtual generated column (PostgreSQL 19)",
  "subscription patient: a subscription's option retain_dead_tuples, max_retention_duration or wal_receiver_timeout (PostgreSQL 19)",
  "subscription through: a foreign server of a subscription (PostgreSQL 19)",
  "table public.hosts: the storage parameter autovacuum_parallel_workers or log_autoanalyze_min_duration (PostgreSQL 19)",
];

describe("a dump of PostgreSQL 19", () => {
  let source: TestDatabase;
  let store: MemoryStore;
  let result: Awaited<ReturnType<typeof dump>>;
  let manifest: Manifest;

  beforeAll(async () => {
    source = await freshDatabase({ major: 18 });
    await source.query(NINETEEN);
    const server = await nineteen(source.url);
    store = new MemoryStore();
    try {
      result = await dump(server.url, store, EVERYTHING);
    } finally {
      server.close();
    }
    manifest = await manifestOf(store);
  });
  afterAll(async () => {
    await dropSubscriptions(source);
    await source.drop();
  });

  test("writes what is new, and says that nobody tested it", () => {
    const statements = manifest.objects.flatMap((object) => object.statements);
    for (const statement of STATEMENTS) expect(statements).toContain(statement);
    const isNew =
      /^(?:CREATE|ALTER) (?:PUBLICATION|SUBSCRIPTION|FOREIGN DATA WRAPPER|AGGREGATE|TABLE public\.hosts) (?!OWNER|.* OWNER )/;
    expect(statements.filter((sql) => isNew.test(sql)).sort()).toEqual([...STATEMENTS].sort());
    expect(result.warnings.map(({ code }) => code)).toEqual(["untested-server"]);
  });

  test("creates the excepted tables and the functions before what names them", () => {
    const at = (kind: string, name: string): number =>
      manifest.objects.findIndex((object) => object.kind === kind && object.name === name);
    const requires = (kind: string, name: string): readonly number[] =>
      manifest.objects[at(kind, name)]!.requires;
    expect(requires("publication", "everything")).toEqual(
      expect.arrayContaining([at("table", "secret"), at("table", "Log book")]),
    );
    expect(requires("subscription", "through")).toContain(at("foreign-server", "far"));
    expect(requires("foreign-data-wrapper", "wrapper")).toContain(
      at("function", "connection(oid, oid, internal)"),
    );
  });

  test("an older server refuses it, naming each thing that it lacks", async () => {
    await withDatabase(
      async (target) => {
        const refused = restore(store, target.url);
        await expect(refused).rejects.toMatchObject({ code: "UNSUPPORTED_SERVER" });
        expect(await target.query("SELECT FROM pg_class WHERE relname = 'secret'")).toEqual([]);
      },
      { major: 18 },
    );
    const missing = missingFeatures(manifest.objects, { major: 18, hasLz4: true });
    expect(missing.sort()).toEqual(LACKING);
    expect(missingFeatures(manifest.objects, { major: 19, hasLz4: true })).toEqual([]);
  });

  test("a server of 19 takes it", async () => {
    await withDatabase(
      async (target) => {
        const written: string[] = [];
        const server = await nineteen(target.url, (sql) => {
          written.push(sql);
          return sql
            .replaceAll(/ EXCEPT \([^)]*\)/g, "")
            .replaceAll(", ALL SEQUENCES", "")
            .replaceAll(" FOR ALL SEQUENCES", "")
            .replaceAll(" CONNECTION public.connection", "")
            .replaceAll(", autovacuum_parallel_workers=2", "")
            .replaceAll("SERVER far\n    PUBLICATION", "CONNECTION ''\n    PUBLICATION")
            .replaceAll(/, retain_dead_tuples = .*?'10s'/g, "")
            .replaceAll(/CREATE STATISTICS [^;]*/g, "SELECT");
        });
        try {
          const { warnings } = await restore(store, server.url, { trusted: true });
          // Those of 18 are about the aggregate's function, which it ignores, and subscriptions that are not connected.
          const ours = warnings.filter(({ code }) => code !== "server-warning");
          expect(ours.map(({ code }) => code)).toEqual(["untested-server"]);
        } finally {
          server.close();
        }
        const all = written.join(";\n");
        for (const statement of STATEMENTS) expect(all).toContain(statement);
        await dropSubscriptions(target);
      },
      { major: 18 },
    );
  });
});

describe("statistics of CREATE STATISTICS", () => {
  const TABLES = `
    CREATE SCHEMA "S '1";
    CREATE TABLE t (gone int, a int, gone_too text, "B{" text, c int, d int4range);
    ALTER TABLE t DROP COLUMN gone, DROP COLUMN gone_too;
    INSERT INTO t SELECT g % 10, 'x"' || g % 10, nullif(g % 3, 0), int4range(g % 5, g % 5 + 2) FROM generate_series(1, 600) g;
    CREATE STATISTICS "S '1"."s{" ON c, a, "B{", (a + c), (lower("B{")) FROM t;
    CREATE STATISTICS one (ndistinct) ON d, a FROM t;
    CREATE STATISTICS expression ON (a * 2) FROM t;
    CREATE TABLE p (gone int, k int, v text) PARTITION BY RANGE (k); ALTER TABLE p DROP COLUMN gone;
    CREATE TABLE p1 (v text, k int); ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);
    INSERT INTO p SELECT g, g % 7 FROM generate_series(1, 300) g;
    CREATE STATISTICS sp ON v, k FROM p; CREATE STATISTICS sp1 ON k, v FROM p1;
    CREATE TABLE parent (k int, l int); CREATE TABLE child () INHERITS (parent);
    INSERT INTO parent SELECT g % 5, g % 5 FROM generate_series(1, 200) g; INSERT INTO child TABLE parent;
    CREATE STATISTICS si ON k, l FROM parent;
    CREATE MATERIALIZED VIEW mv AS SELECT a, count(*) AS n FROM t GROUP BY 1; CREATE STATISTICS sm ON a, n FROM mv;
    ANALYZE t, p, parent, mv`;

  /** What the function is called with, of the statistics that a database has. */
  const CALLS = `
    SELECT jsonb_build_object(
      'version', current_setting('server_version_num')::int, 'schemaname', e.schemaname, 'relname', e.tablename,
      'statistics_schemaname', e.statistics_schemaname, 'statistics_name', e.statistics_name, 'inherited', e.inherited,
      'n_distinct', e.n_distinct, 'dependencies', e.dependencies, 'most_common_vals', e.most_common_vals,
      'most_common_freqs', e.most_common_freqs, 'most_common_base_freqs', e.most_common_base_freqs, 'exprs', (
        SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('null_frac', x.null_frac::text, 'avg_width', x.avg_width::text,
          'n_distinct', x.n_distinct::text, 'most_common_vals', x.most_common_vals::text,
          'most_common_freqs', x.most_common_freqs::text, 'histogram_bounds', x.histogram_bounds::text,
          'correlation', x.correlation::text, 'most_common_elems', x.most_common_elems::text,
          'most_common_elem_freqs', x.most_common_elem_freqs::text, 'elem_count_histogram', x.elem_count_histogram::text)) ORDER BY x.nth)
        FROM (SELECT *, row_number() OVER () AS nth FROM pg_stats_ext_exprs) x
        WHERE x.statistics_name = e.statistics_name AND x.inherited = e.inherited)) AS call
    FROM (${STATS_EXT}) e ORDER BY e.statistics_name, e.inherited`;

  interface Restored {
    readonly calls: { readonly call: object }[];
    /** Names of the tables that the restore analyzed. */
    readonly analyzed: string[];
    /** What the function would be called with after ANALYZE. */
    readonly own: { readonly call: object }[];
  }

  function callsOf(store: MemoryStore): Promise<Restored> {
    return withDatabase(
      async (target) => {
        await target.query(EXTENDED_CALLS);
        const server = await nineteen(target.url);
        try {
          await restore(store, server.url, { trusted: true });
        } finally {
          server.close();
        }
        const calls = await target.query<{ call: object }>(
          "SELECT call FROM pg_catalog.extended_calls ORDER BY call->>'statistics_name', (call->>'inherited')::bool",
        );
        const analyzed = await target.query<{ relname: string }>(
          "SELECT relname FROM pg_stat_user_tables WHERE analyze_count > 0 ORDER BY 1",
        );
        await target.query("ANALYZE t, p, parent, mv");
        return {
          calls,
          analyzed: analyzed.map(({ relname }) => relname),
          own: await target.query<{ call: object }>(CALLS),
        };
      },
      { major: 18 },
    );
  }

  test("are set as ANALYZE computes them, by the columns of the restored table", async () => {
    await withDatabase(
      async (source) => {
        await source.query(TABLES);
        const server = await nineteen(source.url);
        const [of18, of19] = [new MemoryStore(), new MemoryStore()];
        try {
          await dump(source.url, of18);
          await dump(server.url, of19);
        } finally {
          server.close();
        }
        const names = ["expression", "one", "s{", "si", "si", "sm", "sp", "sp1"];
        const before = await source.query<{ call: { n_distinct: unknown } }>(CALLS);
        for (const [store, version] of [
          [of18, null],
          [of19, 190000],
        ] as const) {
          const { calls, analyzed, own } = await callsOf(store);
          expect(analyzed).toEqual([]);
          expect(own).toHaveLength(names.length);
          const expected = own.map(({ call }) =>
            version === null ? { call } : { call: { ...call, version } },
          );
          expect(calls).toEqual(expected);
          expect(calls).not.toEqual(before);
        }
      },
      { major: 18 },
    );
  });

  test("that are not there, or that the server does not take, are computed", async () => {
    await withDatabase(
      async (source) => {
        await source.query(
          `${TABLES}; CREATE STATISTICS never ON c, d FROM t; CREATE STATISTICS late ON k, v FROM p1`,
        );
        const store = new MemoryStore();
        await dump(source.url, store);
        const { calls, analyzed } = await callsOf(store);
        // A partition is analyzed with its root.
        expect(analyzed).toEqual(["p", "p1", "t"]);
        expect(calls).toHaveLength(4);
      },
      { major: 18 },
    );
  });
});

/** As dumps were written where `standard_conforming_strings` could be off, and by earlier versions of ours. */
const OLDER_DUMP = `--
-- PostgreSQL database dump
--

SET standard_conforming_strings = on;
SET escape_string_warning = off;

CREATE TABLE public.t (a integer);

--
-- PostgreSQL database dump complete
--

`;

test("a plain dump may set what PostgreSQL 19 has removed", async () => {
  await withDatabase(
    async (target) => {
      const server = await nineteen(target.url);
      try {
        await restorePlain(new MemoryStore(gzipSync(OLDER_DUMP)), server.url, { trusted: true });
      } finally {
        server.close();
      }
      expect(await target.query("SELECT relname FROM pg_class WHERE relname = 't'")).toHaveLength(
        1,
      );
    },
    { major: 18 },
  );
});
