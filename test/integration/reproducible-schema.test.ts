/** Majors deparse the same schema differently; a reproducible archive has one text for it, which means the same. */
import { expect, test } from "vitest";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf } from "../support/contents.ts";
import { corpus } from "../support/corpus.ts";
import { withDatabase } from "../support/postgres.ts";

/** Public's owner is not the same on all. */
const WAY = { owner: false, privileges: false } as const;

async function contents(name: string, major: number, archive = new MemoryStore()): Promise<string> {
  const { sql } = corpus(major).find((it) => it.name === name)!;
  return withDatabase(
    async (source) => {
      await source.query(sql);
      return contentsOf(source.url, WAY, archive);
    },
    { major },
  );
}

test.each(["view--one-relation", "procedure--forms", "type--range", "table--inheritance"])(
  "gives one text of %s from PostgreSQL 13, 16 and 18",
  async (name) => {
    const newest = await contents(name, 18);
    for (const major of [13, 16]) expect(await contents(name, major)).toBe(newest);
  },
);

test("gives back the views that it wrote as a newer server does", async () => {
  const archive = new MemoryStore();
  const before = await contents("view--one-relation", 13, archive);
  await withDatabase(
    async (target) => {
      await restore(archive, target.url);
      expect(await contentsOf(target.url, WAY)).toBe(before);
    },
    { major: 13 },
  );
});

/** Restores the schema, and looks that the copy has the same text. @returns the text. */
async function comesBack(sql: string): Promise<string> {
  return withDatabase(
    async (source) => {
      await source.query(sql);
      const archive = new MemoryStore();
      const before = await contentsOf(source.url, WAY, archive);
      await withDatabase(
        async (target) => {
          await restore(archive, target.url);
          expect(await contentsOf(target.url, WAY)).toBe(before);
        },
        { major: 18 },
      );
      return before;
    },
    { major: 18 },
  );
}

test("leaves out the names that PostgreSQL 18 gives NOT NULL, shortened ones too", async () => {
  const long = ["t".repeat(63), `${"é".repeat(20)}${"x".repeat(20)}`];
  const columns = ["a", "ö".repeat(30)].map((name) => `"${name}" int NOT NULL`).join(", ");
  const tables = long.map(
    (name, n) => `CREATE TABLE "${name}" (${columns});
      CREATE TABLE p${n} (${columns}) PARTITION BY LIST (a);
      CREATE TABLE "${n}${name.slice(1)}" PARTITION OF p${n} DEFAULT;`,
  );
  expect(await comesBack(tables.join("\n"))).not.toContain("_not_null");
});

test("leaves out the names that PostgreSQL 18 gives NOT NULL beside others, and those of parents", async () => {
  const long = "t".repeat(60);
  // The first words of both are the same when they are shortened, and a partition takes its parent's.
  const text = await comesBack(`
        CREATE TABLE "${long}1" (a int NOT NULL) PARTITION BY LIST (a);
        CREATE TABLE "${long}2" PARTITION OF "${long}1" DEFAULT;
        CREATE TABLE parent (b int, CONSTRAINT parent_b_not_null1 CHECK (b > 0));
        CREATE TABLE child () INHERITS (parent);
        ALTER TABLE child ADD PRIMARY KEY (b);
        ALTER TABLE parent ADD PRIMARY KEY (b);
        CREATE TABLE named (c int CONSTRAINT mine NOT NULL)`);
  expect(text.match(/CONSTRAINT \S+ NOT NULL/g)).toEqual(["CONSTRAINT mine NOT NULL"]);
});

test("keeps a child's NOT NULL of its own beside its parent's", async () => {
  await withDatabase(
    async (source) => {
      await source.query(
        "CREATE TABLE p (a int NOT NULL); CREATE TABLE c (a int NOT NULL) INHERITS (p); CREATE TABLE d () INHERITS (p)",
      );
      const archive = new MemoryStore();
      await contentsOf(source.url, WAY, archive);
      await withDatabase(
        async (target) => {
          await restore(archive, target.url);
          for (const database of [source, target]) {
            await database.query("ALTER TABLE p ALTER a DROP NOT NULL");
            const read =
              "SELECT attrelid::regclass::text AS t FROM pg_attribute WHERE attname = 'a' AND attnotnull AND attrelid IN ('p'::regclass, 'c'::regclass, 'd'::regclass)";
            expect(await database.query(read)).toEqual([{ t: "c" }]);
          }
        },
        { major: 18 },
      );
    },
    { major: 18 },
  );
});

test("leaves out a NOT NULL's name that its parent's will have, and names keys of partitions in order", async () => {
  const sql = `
    CREATE TABLE t (a int NOT NULL); CREATE TABLE c (LIKE t INCLUDING ALL);
    ALTER TABLE c INHERIT t; ALTER TABLE t ALTER COLUMN a DROP NOT NULL; ALTER TABLE t ADD PRIMARY KEY (a);
    CREATE TABLE p (a int) PARTITION BY LIST (a);
    CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); CREATE TABLE p1 PARTITION OF p DEFAULT;
    ALTER TABLE p ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES t NOT VALID`;
  await comesBack(sql);
});
