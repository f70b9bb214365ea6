/** Hash partitions whose keys hold oids: another server routes the rows to other partitions, and loses none. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { diff } from "../../src/diff/diff.ts";
import { drill } from "../../src/drill/drill.ts";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { findTool } from "../support/tools.ts";

/** Each key holds something whose hash is another one in another database. */
const KEYS: Readonly<Record<string, readonly [type: string, value: string, key?: string]>> = {
  enum: ["mood", "(enum_range(NULL::mood))[1 + g % 4]"],
  domain: ["some_mood", "(enum_range(NULL::mood))[1 + g % 4]"],
  array: ["mood[]", "ARRAY[(enum_range(NULL::mood))[1 + g % 4]]"],
  range: ["mood_range", "mood_range((enum_range(NULL::mood))[1 + g % 3], 'd')"],
  relation: ["regclass", "(ARRAY['a_enum', 'a_range', 'b_array']::regclass[])[1 + g % 3]"],
  role: [
    "aclitem",
    "makeaclitem((ARRAY['pg_monitor', 'postgres'])[1 + g % 2]::regrole, 10, 'SELECT', false)",
  ],
  insensitive: ['text COLLATE "insensitive"', "'value ' || g % 5"],
  custom: ["int", "g", "x odd_hash"],
};

async function load(database: TestDatabase): Promise<void> {
  await database.query(`
    CREATE TYPE mood AS ENUM ('a', 'b', 'c', 'd');
    CREATE DOMAIN some_mood AS mood;
    CREATE TYPE mood_range AS RANGE (subtype = mood);
    CREATE COLLATION insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    CREATE TABLE a_enum (); CREATE TABLE a_range (); CREATE TABLE b_array ();
    CREATE FUNCTION odd(int, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
      'SELECT oid::bigint * $1 FROM pg_catalog.pg_type WHERE typname = ''mood''';
    CREATE OPERATOR CLASS odd_hash FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 2 odd(int, bigint)`);
  for (const [name, [type, value, key = "x"]] of Object.entries(KEYS)) {
    await database.query(`
      CREATE TABLE ${name}_key (x ${type}, n int) PARTITION BY HASH (${key});
      -- In another order of columns.
      CREATE TABLE ${name}_0 (n int, x ${type});
      ALTER TABLE ${name}_key ATTACH PARTITION ${name}_0 FOR VALUES WITH (modulus 2, remainder 0);
      CREATE TABLE ${name}_1 PARTITION OF ${name}_key FOR VALUES WITH (modulus 2, remainder 1);
      INSERT INTO ${name}_key SELECT ${value}, g FROM generate_series(1, 40) g`);
  }
  await database.query(`
    -- Below a table whose own partitions any server chooses in the same way, and above another one.
    CREATE TABLE region (region text, x mood, n int) PARTITION BY LIST (region);
    CREATE TABLE europe PARTITION OF region FOR VALUES IN ('europe') PARTITION BY HASH (x);
    CREATE TABLE europe_0 PARTITION OF europe FOR VALUES WITH (modulus 2, remainder 0) PARTITION BY RANGE (n);
    CREATE TABLE europe_0_all PARTITION OF europe_0 DEFAULT;
    CREATE TABLE europe_1 PARTITION OF europe FOR VALUES WITH (modulus 2, remainder 1);
    CREATE TABLE asia PARTITION OF region FOR VALUES IN ('asia');
    INSERT INTO region SELECT (ARRAY['europe', 'asia'])[1 + g % 2], (enum_range(NULL::mood))[1 + g / 2 % 4], g
      FROM generate_series(1, 40) g;
    CREATE TABLE plain (x text, n int) PARTITION BY HASH (x);
    CREATE TABLE plain_0 PARTITION OF plain FOR VALUES WITH (modulus 2, remainder 0);
    CREATE TABLE plain_1 PARTITION OF plain FOR VALUES WITH (modulus 2, remainder 1);
    INSERT INTO plain SELECT g::text, g FROM generate_series(1, 40) g`);
}

/** Other oids for everything that is restored, and other hashes with them. */
async function withOtherOids(
  body: (target: TestDatabase) => Promise<void>,
  major: number,
): Promise<void> {
  await withDatabase(
    async (target) => {
      await target.query("CREATE TYPE t AS ENUM ('a'); DROP TYPE t");
      await body(target);
    },
    { major },
  );
}

async function contents(database: TestDatabase): Promise<unknown[]> {
  const tables = [...Object.keys(KEYS).map((name) => `${name}_key`), "region", "plain"];
  return Promise.all(
    tables.map((table) =>
      database.query(`SELECT '${table}' AS "table", x::text, n FROM ${table} ORDER BY n`),
    ),
  );
}

test.each([13, 18])(
  "loads rows of PostgreSQL %i through the table that routes them",
  async (major) => {
    const source = await freshDatabase({ major });
    try {
      await load(source);
      const archive = new MemoryStore();
      await dump(source.url, archive);
      const reader = await openArchive(archive);
      const through = Object.fromEntries(
        reader.manifest.relations.map(({ name, loadThrough }) => [name, loadThrough?.name ?? null]),
      );
      await reader.close();
      for (const name of Object.keys(KEYS)) expect(through[`${name}_0`]).toBe(`${name}_key`);
      expect(through).toMatchObject({
        europe_0_all: "europe",
        europe_1: "europe",
        asia: null,
        plain_0: null,
      });
      await withOtherOids(async (target) => {
        await restore(archive, target.url);
        expect(await contents(target)).toEqual(await contents(source));
        await restore(archive, target.url, { dataOnly: true, force: true });
        expect(await contents(target)).toEqual(await contents(source));
        // A comparison does not mind the partitions.
        expect((await diff(archive, target.url)).relations).toEqual([]);
        await target.query("UPDATE enum_key SET n = -1 WHERE n = 1");
        expect((await diff(archive, target.url)).relations).toMatchObject([
          { name: "enum_key", added: 1, removed: 1 },
        ]);
      }, major);
      const report = await drill(archive, { into: source.server.url });
      expect(report.probes.filter(({ status }) => status !== "passed")).toEqual([]);
    } finally {
      await source.drop();
    }
  },
);

test.runIf(findTool("psql"))("so does restore.sql", async () => {
  const source = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "routing-"));
  try {
    await load(source);
    await dump(source.url, join(folder, "archive.tar.gz"));
    execFileSync("tar", ["-xzf", "archive.tar.gz"], { cwd: folder });
    await withOtherOids(async (target) => {
      execFileSync(
        findTool("psql")!.path,
        ["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", "restore.sql", target.url],
        { cwd: folder },
      );
      expect(await contents(target)).toEqual(await contents(source));
    }, source.server.major);
  } finally {
    await rm(folder, { recursive: true });
    await source.drop();
  }
});

test("loads text through the table in a database of another encoding, and all partitions on request", async () => {
  const source = await freshDatabase({ encoding: "LATIN1" });
  try {
    await source.query(`
      CREATE TABLE t (x text) PARTITION BY HASH (x);
      CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (modulus 2, remainder 0);
      CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (modulus 2, remainder 1);
      INSERT INTO t SELECT 'é' || g FROM generate_series(1, 40) g;
      CREATE TABLE l (x int) PARTITION BY LIST (x);
      CREATE TABLE l_1 PARTITION OF l DEFAULT;
      INSERT INTO l VALUES (1)`);
    const archive = new MemoryStore();
    await dump(source.url, archive, { loadViaPartitionRoot: true });
    const reader = await openArchive(archive);
    expect(reader.manifest.relations.map(({ loadThrough }) => loadThrough?.name)).toEqual([
      "l",
      "t",
      "t",
    ]);
    await reader.close();
    await dump(source.url, archive);
    for (const loadViaPartitionRoot of [false, true]) {
      await withDatabase(async (target) => {
        await restore(archive, target.url, { loadViaPartitionRoot });
        const read = 'SELECT x FROM t ORDER BY x COLLATE "C"';
        expect(await target.query(read)).toEqual(await source.query(read));
      });
    }
  } finally {
    await source.drop();
  }
});
