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
import { nineteen, NINETEEN } from "../support/postgres-19.ts";

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
