/** Foreign keys that hold, and that PostgreSQL refuses to validate. */
import { describe, expect, test } from "vitest";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf, manifestOf } from "../support/contents.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";
import { contentsOf as rowsOf } from "../support/table-contents.ts";

const NOT_VALID = "foreign-key-not-valid";

interface Case {
  readonly sql: string;
  readonly majors?: { readonly from: number; readonly to: number };
  /** Objects of the warnings `NOT_VALID` of the dump, and of the restore. */
  readonly dumped: readonly string[];
  readonly restored?: readonly string[];
  /** `table name` of each key of the copy, with a mark where it is not valid. */
  readonly keys: readonly string[];
  /** Whether a dump of the copy is like that of its source. */
  readonly isSame?: boolean;
}

const readKeys = async (database: TestDatabase): Promise<string[]> => {
  const rows = await database.query<{ key: string }>(`
    SELECT concat_ws(' ', conrelid::regclass, conname, CASE WHEN NOT convalidated THEN '(not valid)' END) AS key
    FROM pg_constraint WHERE contype = 'f' ORDER BY 1`);
  return rows.map(({ key }) => key);
};

async function check(major: number, each: Case, then?: (copy: TestDatabase) => Promise<void>) {
  const { from, to } = each.majors ?? { from: major, to: major };
  await withDatabase(
    async (source) => {
      await source.query(each.sql);
      const archive = new MemoryStore();
      const before = await contentsOf(source.url, {}, archive);
      const rows = await rowsOf(source);
      const objects = (warnings: readonly { code: string; object: string | null }[]) =>
        warnings.filter(({ code }) => code === NOT_VALID).map(({ object }) => object);
      expect(objects((await manifestOf(archive)).warnings)).toEqual(each.dumped);
      await withDatabase(
        async (copy) => {
          const { warnings } = await restore(archive, copy.url, { owner: true, privileges: true });
          expect(objects(warnings)).toEqual(each.restored ?? []);
          expect(await readKeys(copy)).toEqual(each.keys);
          expect(await rowsOf(copy)).toEqual(rows);
          if (each.isSame !== false) expect(await contentsOf(copy.url)).toBe(before);
          await then?.(copy);
        },
        { major: to },
      );
    },
    { major: from },
  );
}

const COLUMNLESS = `
  CREATE TYPE empty AS (gone int);
  ALTER TYPE empty DROP ATTRIBUTE gone;
  CREATE DOMAIN over AS empty;
  CREATE DOMAIN "over it" AS over;
  CREATE TABLE referenced (a "over it", b int, PRIMARY KEY (a, b), UNIQUE (b, a));
  INSERT INTO referenced VALUES (ROW(), 1), (ROW(), 11);`;

const PARTITIONED = `
  CREATE TABLE referring (a empty, b int) PARTITION BY RANGE (b);
  CREATE TABLE low PARTITION OF referring FOR VALUES FROM (0) TO (10);
  CREATE TABLE high PARTITION OF referring FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (b);
  CREATE TABLE higher PARTITION OF high FOR VALUES FROM (10) TO (15);
  CREATE TABLE highest PARTITION OF high FOR VALUES FROM (15) TO (20);
  ALTER TABLE highest ADD CONSTRAINT own FOREIGN KEY (a, b) REFERENCES referenced;
  ALTER TABLE referring ADD CONSTRAINT key FOREIGN KEY (a, b) REFERENCES referenced;
  INSERT INTO referring VALUES (ROW(), 1), (NULL, 2), (ROW(), 11);
  COMMENT ON CONSTRAINT key ON referring IS 'of all';
  COMMENT ON CONSTRAINT key ON high IS 'of some';
  COMMENT ON CONSTRAINT key ON low IS 'of one';`;

describe.each([13, 15, 18])("PostgreSQL %i", (major) => {
  test("on a type without columns: restored as not valid", () =>
    check(
      major,
      {
        sql: `${COLUMNLESS}
          CREATE TABLE referring (a empty, b int,
            CONSTRAINT first FOREIGN KEY (a, b) REFERENCES referenced ON DELETE CASCADE DEFERRABLE,
            CONSTRAINT second FOREIGN KEY (b, a) REFERENCES referenced (b, a));
          CREATE TABLE itself (a empty PRIMARY KEY CONSTRAINT itself REFERENCES itself MATCH FULL);
          INSERT INTO referring VALUES (ROW(), 1), (NULL, 2);
          INSERT INTO itself VALUES (ROW());`,
        dumped: ["table public.referring", "table public.itself"],
        keys: ["itself itself (not valid)", "referring first (not valid)", "referring second"],
      },
      async (copy) => {
        await copy.query("ALTER TABLE referring DROP CONSTRAINT second");
        await copy.query("INSERT INTO referring VALUES (ROW(), 1)");
        const missing = copy.query("INSERT INTO referring VALUES (ROW(), 2)");
        await expect(missing).rejects.toMatchObject({ code: "23503" });
      },
    ));

  test("of several columns with MATCH FULL, the first a row of nulls: restored as not valid", () =>
    check(major, {
      sql: `
        CREATE TYPE pair AS (x int, y int);
        CREATE TABLE referenced (a pair, b int, PRIMARY KEY (a, b), UNIQUE (b, a), UNIQUE (a));
        CREATE TABLE referring (a pair, b int,
          CONSTRAINT "full" FOREIGN KEY (a, b) REFERENCES referenced MATCH FULL,
          CONSTRAINT other FOREIGN KEY (b, a) REFERENCES referenced (b, a) MATCH FULL,
          CONSTRAINT simple FOREIGN KEY (a, b) REFERENCES referenced,
          CONSTRAINT single FOREIGN KEY (a) REFERENCES referenced (a) MATCH FULL);
        INSERT INTO referenced VALUES (ROW(NULL, NULL), 1), (ROW(1, 2), 2);
        INSERT INTO referring VALUES (ROW(NULL, NULL), 1), (ROW(1, 2), 2), (NULL, NULL);`,
      dumped: ["table public.referring"],
      keys: [
        "referring full (not valid)",
        "referring other",
        "referring simple",
        "referring single",
      ],
    }));
});

test.each([13, 17])(
  "of a partitioned table: restored on PostgreSQL %i by its partitions",
  (major) =>
    check(
      major,
      {
        sql: `${COLUMNLESS}${PARTITIONED}`,
        dumped: ["table public.referring", "table public.highest"],
        restored: ["foreign key public.referring key"],
        keys: ["higher key (not valid)", "highest own (not valid)", "low key (not valid)"],
        isSame: false,
      },
      async (copy) => {
        const comments = await copy.query(
          "SELECT obj_description(oid, 'pg_constraint') AS text FROM pg_constraint WHERE conrelid = 'low'::regclass",
        );
        expect(comments).toEqual([{ text: "of one" }]);
      },
    ),
);

test.each([13, 18])("of a partitioned table of PostgreSQL %i: not valid on 18", (from) =>
  check(
    18,
    {
      sql: `${COLUMNLESS}${PARTITIONED}`,
      majors: { from, to: 18 },
      dumped: ["table public.referring", "table public.highest"],
      keys: [
        "high key (not valid)",
        "higher key (not valid)",
        "highest own (not valid)",
        "low key (not valid)",
        "referring key (not valid)",
      ],
      isSame: from === 18,
    },
    async (copy) => {
      const comments = await copy.query(
        "SELECT obj_description(oid, 'pg_constraint') AS text FROM pg_constraint WHERE contype = 'f' AND conname = 'key' ORDER BY 1",
      );
      expect(comments).toEqual([
        { text: "of all" },
        { text: "of one" },
        { text: "of some" },
        { text: null },
      ]);
    },
  ),
);

const NOT_VALID_ABOVE = `
  CREATE TABLE referenced (a int PRIMARY KEY);
  CREATE TABLE referring (a int) PARTITION BY RANGE (a);
  CREATE TABLE low PARTITION OF referring FOR VALUES FROM (0) TO (10);
  CREATE TABLE high PARTITION OF referring FOR VALUES FROM (10) TO (20);
  INSERT INTO referring VALUES (1), (11);
  ALTER TABLE referring ADD CONSTRAINT key FOREIGN KEY (a) REFERENCES referenced NOT VALID;
  INSERT INTO referenced VALUES (1);
  ALTER TABLE low VALIDATE CONSTRAINT key;`;

test("not valid on a partitioned table, and valid on a partition: stays so", () =>
  check(18, {
    sql: NOT_VALID_ABOVE,
    dumped: [],
    keys: ["high key (not valid)", "low key", "referring key (not valid)"],
  }));

test("not valid on a partitioned table: before PostgreSQL 18 its partitions have it", () =>
  check(18, {
    sql: NOT_VALID_ABOVE,
    majors: { from: 18, to: 17 },
    dumped: [],
    restored: ["foreign key public.referring key"],
    keys: ["high key (not valid)", "low key"],
    isSame: false,
  }));
