/** A restore beside its target: the result is that of a restore in one transaction, and the target's place is taken at once. */
import { describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore as inTransaction } from "../../src/restore/restore.ts";
import { restore } from "../../src/swap/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf } from "../support/contents.ts";
import { corpus, dropSubscriptions, loadCase } from "../support/corpus.ts";
import { SAMPLE_DATABASE } from "../support/sample-database.ts";
import { freshDatabase, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { dropBeside, namesBeside } from "./databases.ts";

const WHOLE = { owner: true, privileges: true } as const;

/** Restores the archive in both ways, and compares. */
async function sameAsInOneTransaction(source: TestDatabase, jobs: number): Promise<void> {
  const archive = new MemoryStore();
  await dump(source.url, archive, {
    owner: true,
    privileges: true,
    partBytes: 1000,
    userMappingSecrets: true,
  });
  const { major } = source.server;
  const [one, beside] = [await freshDatabase({ major }), await freshDatabase({ major })];
  try {
    await inTransaction(archive, one.url, WHOLE);
    const result = await restore(archive, beside.url, { ...WHOLE, swap: { jobs, keepOld: 0 } });
    expect(result.committed).toBe(true);
    expect(await contentsOf(beside.url)).toBe(await contentsOf(one.url));
    expect(await namesBeside(beside)).toEqual([]);
  } finally {
    for (const database of [one, beside]) {
      await dropSubscriptions(database);
      await dropBeside(database);
      await database.drop();
    }
  }
}

describe.each([13, 15, 18])("PostgreSQL %i", (major) => {
  test.each([1, 2, 4])("restores the sample database over %i connections", async (jobs) => {
    await withDatabase(
      async (source) => {
        await source.query(SAMPLE_DATABASE);
        await sameAsInOneTransaction(source, jobs);
      },
      { major },
    );
  });
});

/** All of it takes minutes: the gate takes some, others with each case that is added. */
const isFull = process.env["NEXUSHUB_DUMP_FAULTS"] === "full";
const cases = corpus(16).filter(
  ({ encoding }, n) => encoding === undefined && (isFull || n % 8 === 3),
);
/** Keys before the rows, and what must follow a key. */
const withKeys = corpus(18).filter(({ name }) => name === "constraint--keys-not-inherited");

test.each([
  ...cases.map((each) => [each.name, each, 16] as const),
  ...withKeys.map((each) => [each.name, each, 18] as const),
])("restores %s", async (_name, each, major) => {
  const source = await freshDatabase({ major });
  try {
    await loadCase(source, each);
    await sameAsInOneTransaction(source, 4);
  } finally {
    await dropSubscriptions(source);
    await source.drop();
  }
});

test("a materialized view whose function reads another one", async () => {
  await withDatabase(async (source) => {
    // The one that is read waits for another one.
    await source.query(`
      CREATE MATERIALIZED VIEW a AS SELECT n, pg_sleep(0.3)::text FROM generate_series(1, 2) n; CREATE MATERIALIZED VIEW b AS SELECT n FROM a;
      CREATE FUNCTION count_of_b() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM public.b';
      CREATE VIEW v AS SELECT count_of_b() AS n; CREATE MATERIALIZED VIEW c AS SELECT * FROM v`);
    const archive = new MemoryStore();
    await dump(source.url, archive);
    await withDatabase(async (target) => {
      const result = await restore(archive, target.url, { swap: { jobs: 4, keepOld: 0 } });
      expect(result.warnings.map(({ code }) => code)).not.toContain("unpopulated-view");
      expect(await target.query("SELECT n::int FROM c")).toEqual([{ n: 2 }]);
    });
  });
});

test.each([1, 2, 4])(
  "an index whose function reads another table, over %i connections",
  async (jobs) => {
    const [source, target] = [await freshDatabase(), await freshDatabase()];
    try {
      // The large table comes first, and its index would be the next.
      await source.query(`
        CREATE TABLE kinds (kind int, name text); INSERT INTO kinds SELECT n, 'kind ' || n FROM generate_series(1, 40) n;
        CREATE FUNCTION name_of(int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT name FROM public.kinds WHERE kind = $1';
        CREATE TABLE orders (id int, kind int); INSERT INTO orders SELECT n, n % 40 + 1 FROM generate_series(1, 40000) n;
        CREATE INDEX ON orders (name_of(kind))`);
      const archive = new MemoryStore();
      await dump(source.url, archive);
      await restore(archive, target.url, { swap: { jobs, keepOld: 0 } });
      const [row] = await target.query(`SET enable_seqscan = off; SET enable_bitmapscan = off;
        SELECT count(*)::int AS n FROM orders WHERE name_of(kind) = 'kind 5'`);
      expect(row).toEqual({ n: 1000 });
    } finally {
      for (const database of [source, target]) {
        await dropBeside(database);
        await database.drop();
      }
    }
  },
);
