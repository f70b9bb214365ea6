/** One relation out of an archive, without the tables that it needs or belongs to. */
import { beforeAll, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { inspectCode } from "../../src/verify/code/inspect-code.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

const archive = new MemoryStore();

beforeAll(async () => {
  await withDatabase(async (source) => {
    await source.query(`
      CREATE TABLE t (a int, b text);
      INSERT INTO t VALUES (1, 'x');
      CREATE VIEW v AS SELECT a FROM t;
      CREATE VIEW w AS SELECT a FROM v;
      CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
      CREATE TABLE p (a int, b text, CHECK (a > 0)) PARTITION BY LIST (a);
      CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
      CREATE TABLE p2 PARTITION OF p DEFAULT;
      ALTER TABLE p ADD PRIMARY KEY (a);
      CREATE INDEX ON p (b);
      INSERT INTO p VALUES (1, 'a'), (2, 'b');
      CREATE TABLE parent (a int);
      CREATE TABLE child (b int) INHERITS (parent);
      INSERT INTO child VALUES (1, 2)`);
    await dump(source.url, archive);
  });
});

test.each([
  ["v", "view public.v", "public.t"],
  ["w", "view public.v", "public.t"],
  ["m", "materialized view public.m", "public.t"],
  ["child", "table public.child", "public.parent"],
])("%s fails where the target lacks what it needs, and names both", async (name, object, lacks) => {
  await withDatabase(async (target) => {
    await expect(restore(archive, target.url, { tables: [name] })).rejects.toMatchObject({
      code: "SERVER",
      object,
      message: expect.stringContaining(lacks) as string,
    });
  });
});

test("views come into a target that has their table, and are filled from it", async () => {
  await withDatabase(async (target) => {
    await target.query("CREATE TABLE t (a int, b text); INSERT INTO t VALUES (7)");
    const { warnings } = await restore(archive, target.url, { tables: ["w", "m"] });
    expect(warnings.filter(({ code }) => code === "needs-unselected")).toHaveLength(2);
    expect(await target.query("SELECT w.a, m.a AS b FROM w, m")).toEqual([{ a: 7, b: 7 }]);
  });
});

test("a partition stands alone, with its rows, check, key and index", async () => {
  await withDatabase(async (target) => {
    const { rows } = await restore(archive, target.url, { tables: ["p1"] });
    expect(rows).toBe(1);
    expect(await target.query("SELECT a, b FROM p1")).toEqual([{ a: 1, b: "a" }]);
    expect(
      await target.query(
        "SELECT relispartition AS is, relkind AS kind FROM pg_class WHERE relname = 'p1'",
      ),
    ).toEqual([{ is: false, kind: "r" }]);
    const facts = await target.query(`
      SELECT indexdef AS fact FROM pg_indexes WHERE tablename = 'p1'
      UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'p1'::regclass AND contype = 'c'
      ORDER BY 1`);
    expect(facts.map(({ fact }) => String(fact))).toEqual([
      "CHECK ((a > 0))",
      "CREATE INDEX p1_b_idx ON public.p1 USING btree (b)",
      "CREATE UNIQUE INDEX p1_pkey ON public.p1 USING btree (a)",
    ]);
  });
});

test("a partition comes with its parent as it was", async () => {
  await withDatabase(async (target) => {
    await restore(archive, target.url, { tables: ["p", "p1", "p2"] });
    expect(await target.query("SELECT tableoid::regclass::text AS t, a FROM p ORDER BY a")).toEqual(
      [
        { t: "p1", a: 1 },
        { t: "p2", a: 2 },
      ],
    );
  });
});

test("a partition that was dumped alone is attached where the target has its parent, and stands alone elsewhere", async () => {
  const partition =
    "SELECT relispartition AS is, relname AS name FROM pg_class WHERE relname IN ('p1', 'p1_b_idx') ORDER BY 2";
  await withDatabase(async (source) => {
    await source.query(`
      CREATE TABLE p (a int, b text) PARTITION BY LIST (a);
      CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
      CREATE INDEX ON p (b);
      INSERT INTO p VALUES (1, 'a')`);
    const store = new MemoryStore();
    await dump(source.url, store, { tables: ["p1"] });
    expect((await inspectCode(store)).unknown).toEqual([]);
    await withDatabase(async (target) => {
      const { warnings } = await restore(store, target.url, { trusted: true });
      expect(warnings.map(({ code, object }) => [code, object])).toEqual([
        ["missing-object", "table attach public.p1"],
        ["missing-object", "index attach public.p1_b_idx"],
      ]);
      expect(await target.query(partition)).toEqual([
        { is: false, name: "p1" },
        { is: false, name: "p1_b_idx" },
      ]);
      expect(await target.query("SELECT a, b FROM p1")).toEqual([{ a: 1, b: "a" }]);
    });
    await source.query("UPDATE p SET b = 'changed'");
    const { warnings } = await restore(store, source.url, { trusted: true, force: true });
    expect(warnings).toEqual([]);
    expect(await source.query("SELECT a, b FROM p")).toEqual([{ a: 1, b: "a" }]);
    expect(await source.query(partition)).toEqual([
      { is: true, name: "p1" },
      { is: true, name: "p1_b_idx" },
    ]);
  });
});

test("a partitioned table without its partitions names those whose rows are left out", async () => {
  await withDatabase(async (source) => {
    await source.query(`
      CREATE TABLE p (a int) PARTITION BY LIST (a);
      CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
      INSERT INTO p VALUES (1), (2), (2)`);
    const store = new MemoryStore();
    const whole = await dump(source.url, store, { tablesAndChildren: ["p"] });
    expect(whole.warnings).toEqual([]);
    const alone = await dump(source.url, new MemoryStore(), { tables: ["p"] });
    expect(alone.warnings.map(({ code, message }) => [code, message])).toEqual([
      [
        "partitions-not-selected",
        "table public.p: its partitions public.p1, public.p2 were not selected, and their rows are not dumped (--table-and-children selects them)",
      ],
    ]);
    await withDatabase(async (target) => {
      const { rows, warnings } = await restore(store, target.url, {
        tables: ["p", "p1"],
        trusted: true,
      });
      expect(rows).toBe(1);
      expect(warnings.map(({ code, message }) => [code, message])).toEqual([
        [
          "partitions-not-selected",
          "table public.p: the rows of public.p2 (2) do not come back, because these partitions were not selected",
        ],
      ]);
    });
  });
});
