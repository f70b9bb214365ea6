/** Rows of an archive back into a live database: what comes along, what stands in the way, and that nothing else is touched. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { UndeleteOptions, UndeleteResult } from "../../src/undelete/options.ts";
import { undelete } from "../../src/undelete/undelete.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { contentsOf } from "../support/table-contents.ts";

const SHOP = `
  CREATE TABLE regions (id int PRIMARY KEY, name text UNIQUE);
  CREATE TABLE users (id int PRIMARY KEY, region_id int REFERENCES regions, email text UNIQUE, note text);
  CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id int NOT NULL REFERENCES users ON DELETE CASCADE,
                       total numeric, twice numeric GENERATED ALWAYS AS (total * 2) STORED);
  CREATE TABLE lines (order_id int REFERENCES orders ON DELETE CASCADE, number int, text text, PRIMARY KEY (order_id, number));
  CREATE TABLE visits (id int PRIMARY KEY, user_id int REFERENCES users ON DELETE SET NULL, page text);
  CREATE TABLE log (at timestamptz, text text);
  INSERT INTO regions VALUES (1, 'north'), (2, 'south');
  INSERT INTO users VALUES (1, 1, 'a@x', 'secret-a'), (2, 1, 'b@x', NULL), (3, 2, 'c@x', '');
  INSERT INTO orders (user_id, total) SELECT 1 + i % 3, i + 0.50 FROM generate_series(1, 30) i;
  INSERT INTO lines SELECT o, n, 'line ' || n FROM generate_series(1, 30) o, generate_series(1, 3) n;
  INSERT INTO visits SELECT i, 1 + i % 3, 'p' FROM generate_series(1, 12) i;
  INSERT INTO log VALUES ('2025-01-01', 'x'), ('2025-01-01', 'x'), ('2025-01-02', 'y');`;

interface Undone {
  readonly result: UndeleteResult;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

/** Dumps a database of this schema, changes it, and brings rows back. */
async function undo(
  schema: string,
  change: string,
  options: UndeleteOptions,
  major?: number,
): Promise<Undone> {
  return withDatabase(
    async (database) => {
      const store = await prepared(database, schema);
      const before = await contentsOf(database);
      await database.query(change);
      const result = await undelete(store, database.url, options);
      return { result, before, after: await contentsOf(database) };
    },
    { major },
  );
}

async function prepared(database: TestDatabase, schema: string): Promise<MemoryStore> {
  const store = new MemoryStore();
  await database.query(schema);
  await dump(database.url, store);
  return store;
}

test("warnings are events, before somebody is asked", async () => {
  const events: string[] = [];
  const { result } = await undo(SHOP, "DELETE FROM users WHERE id = 1", {
    rows: { users: "id = 1" },
    onProgress: (event) => {
      if (event.type === "warning") events.push(event.code);
    },
    onPlan: () => void events.push("plan"),
  });
  expect(result.warnings).toMatchObject([{ code: "references-left" }]);
  expect(events).toEqual(["references-left", "plan"]);
});

test.each([13, 14, 15, 16, 17, 18])(
  "what a cascade deleted comes back on PostgreSQL %i",
  async (major) => {
    const { result, before, after } = await undo(
      SHOP,
      "DELETE FROM users WHERE id = 1",
      { rows: { users: "email = 'a@x'" }, withDependents: true, withReferences: true },
      major,
    );
    expect(after).toEqual(before);
    expect(result).toMatchObject({
      committed: true,
      rows: 1 + 10 + 30,
      conflicts: [],
      warnings: [],
      references: [{ name: "visits", constraint: "visits_user_id_fkey", rows: 4 }],
    });
    expect(
      result.tables.map(({ name, selected, dependents, referenced, inserted }) => [
        name,
        selected,
        dependents,
        referenced,
        inserted,
      ]),
    ).toEqual([
      ["lines", 0, 30, 0, 30],
      ["orders", 0, 10, 0, 10],
      ["users", 1, 0, 0, 1],
    ]);
  },
);

interface Case {
  readonly name: string;
  /** Before the archive is made, with the case's own schema as the search path. */
  readonly setup: string;
  /** After it. */
  readonly change: string;
  /** Table names are completed with the schema. */
  readonly rows: Readonly<Record<string, string>>;
  readonly options?: Omit<UndeleteOptions, "rows">;
  /** Of each table: inserted, unchanged, changed. Tables without rows are left out. */
  readonly tables?: Readonly<Record<string, readonly [number, number, number]>>;
  /** What stands in the way: table, reason, constraint, columns, rows. */
  readonly conflicts?: readonly (readonly [
    string,
    string,
    string | null,
    readonly string[],
    number | null,
  ])[];
  /** A query of one value afterwards, and that value. */
  readonly afterwards?: readonly [string, unknown];
}

const SELF = `CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t ON DELETE CASCADE, name text);
  INSERT INTO t VALUES (1, NULL, 'root'), (2, 1, 'a'), (3, 2, 'b'), (4, 3, 'c'), (5, 1, 'd')`;
const PAIR = `CREATE TABLE p (id int PRIMARY KEY, code text UNIQUE); CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p ON DELETE CASCADE);
  INSERT INTO p VALUES (1, 'secret-1'), (2, 'secret-2'); INSERT INTO c VALUES (1, 1), (2, 1), (3, 2)`;

const PARTITIONED = `CREATE TABLE m (id int PRIMARY KEY, c int) PARTITION BY RANGE (id);
  CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM (0) TO (10); CREATE TABLE m_2 PARTITION OF m FOR VALUES FROM (10) TO (20);
  INSERT INTO m VALUES (1, 5), (11, 5)`;

const CASES: readonly Case[] = [
  {
    name: "a row brings what it refers to, and nothing else",
    setup: PAIR,
    change: "DELETE FROM p",
    rows: { c: "id = 1" },
    tables: { p: [1, 0, 0], c: [1, 0, 0] },
    afterwards: ["SELECT (SELECT count(*) FROM p)::int + 10 * (SELECT count(*) FROM c)::int", 11],
  },
  {
    name: "a self reference, upwards",
    setup: SELF,
    change: "DELETE FROM t WHERE id = 2",
    rows: { t: "id = 4" },
    tables: { t: [3, 0, 0] },
    afterwards: ["SELECT string_agg(name, '' ORDER BY id) FROM t", "rootabcd"],
  },
  {
    name: "a self reference, downwards",
    setup: SELF,
    change: "DELETE FROM t WHERE id = 1",
    rows: { t: "id = 1" },
    options: { withDependents: true },
    tables: { t: [5, 0, 0] },
  },
  {
    name: "a cycle of two tables with NOT NULL, whose keys cannot be deferred",
    setup: `CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL); CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a ON DELETE CASCADE);
      INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b ON DELETE CASCADE`,
    change: "DELETE FROM a",
    rows: { a: "true" },
    tables: { a: [1, 0, 0], b: [1, 0, 0] },
  },
  {
    name: "partitions through their table, also of a partition that was dropped",
    setup: `CREATE TABLE m (at date, id int, v text, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
      CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
      CREATE TABLE m_2 (id int NOT NULL, v text, at date NOT NULL); ALTER TABLE m ATTACH PARTITION m_2 FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
      CREATE TABLE m_rest PARTITION OF m DEFAULT;
      INSERT INTO m SELECT '2025-01-20'::date + i, i, 'v' || i FROM generate_series(1, 30) i`,
    change: "DROP TABLE m_1; DELETE FROM m WHERE id IN (12, 13)",
    rows: { m: "id IN (1, 12, 13, 14)" },
    tables: { m: [3, 1, 0] },
    afterwards: [
      "SELECT string_agg(tableoid::regclass::text || id, ' ' ORDER BY id) FROM m WHERE id < 14",
      "m_rest1 m_212 m_213",
    ],
  },
  {
    name: "a partition by its own name",
    setup: `CREATE TABLE m (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM (0) TO (5);
      CREATE TABLE m_2 PARTITION OF m FOR VALUES FROM (5) TO (10); INSERT INTO m SELECT generate_series(0, 9)`,
    change: "DELETE FROM m",
    rows: { m_2: "true" },
    tables: { m: [5, 0, 0] },
    afterwards: ["SELECT min(id) FROM m", 5],
  },
  {
    name: "a table that inherits has rows of its own",
    setup: `CREATE TABLE a (id int PRIMARY KEY, v text); CREATE TABLE b (w text, PRIMARY KEY (id)) INHERITS (a);
      INSERT INTO a VALUES (1, 'a'); INSERT INTO b VALUES (1, 'b', 'w')`,
    change: "DELETE FROM a",
    rows: { b: "true" },
    tables: { b: [1, 0, 0] },
    afterwards: ["SELECT count(*)::int FROM ONLY a", 0],
  },
  {
    name: "a condition for a table is one for the children that a DELETE from it reached",
    setup: `CREATE TABLE p (id int, c int); CREATE TABLE k (x int) INHERITS (p); CREATE TABLE l () INHERITS (k);
      INSERT INTO p VALUES (1, 5), (2, 6); INSERT INTO k VALUES (3, 5, 1); INSERT INTO l VALUES (4, 5, 1)`,
    change: "DELETE FROM p WHERE c = 5",
    rows: { p: "p.c = 5" },
    tables: { k: [1, 0, 0], l: [1, 0, 0], p: [1, 0, 0] },
  },
  {
    name: "a partition that was detached",
    setup: PARTITIONED,
    change: "ALTER TABLE m DETACH PARTITION m_1; DELETE FROM m_1; DELETE FROM m",
    rows: { m: "m.c = 5" },
    tables: { m: [1, 0, 0], m_1: [1, 0, 0] },
    afterwards: ["SELECT id FROM m_1", 1],
  },
  {
    name: "a table that is partitioned no more",
    setup: PARTITIONED,
    change: "DROP TABLE m; CREATE TABLE m (id int PRIMARY KEY, c int)",
    rows: { m: "true" },
    conflicts: [
      ["m_1", "missing-table", null, [], null],
      ["m_2", "missing-table", null, [], null],
    ],
  },
  {
    name: "the primary key is another column now",
    setup:
      "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)",
    change: `DELETE FROM t WHERE id = 1; UPDATE t SET v = 7 WHERE id = 2; ALTER TABLE t DROP CONSTRAINT t_pkey;
      ALTER TABLE t ADD u uuid PRIMARY KEY DEFAULT gen_random_uuid()`,
    rows: { t: "true" },
    conflicts: [["t", "changed", null, ["v"], 1]],
  },
  {
    name: "the primary key is another column now, and rows that changed stay",
    setup:
      "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)",
    change: `DELETE FROM t WHERE id = 1; UPDATE t SET v = 7 WHERE id = 2; ALTER TABLE t DROP CONSTRAINT t_pkey;
      ALTER TABLE t ADD u uuid PRIMARY KEY DEFAULT gen_random_uuid()`,
    rows: { t: "true" },
    options: { keepChanged: true },
    tables: { t: [1, 1, 1] },
    afterwards: ["SELECT string_agg(v::text, ' ' ORDER BY id) FROM t", "1 7 3"],
  },
  {
    name: "rows without a key are counted",
    setup: `CREATE TABLE l (v text, w json); INSERT INTO l VALUES ('x', '{}'), ('x', '{}'), ('x', '{}'), (NULL, NULL), ('', NULL)`,
    change:
      "DELETE FROM l WHERE ctid IN (SELECT ctid FROM l WHERE v = 'x' LIMIT 2); DELETE FROM l WHERE v IS NULL",
    rows: { l: "true" },
    tables: { l: [3, 2, 0] },
    afterwards: ["SELECT count(*)::int FROM l", 5],
  },
  {
    name: "a unique key that allows no null identifies rows, too",
    setup:
      "CREATE TABLE t (id int NOT NULL UNIQUE, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b')",
    change: "DELETE FROM t WHERE id = 1; UPDATE t SET v = 'c' WHERE id = 2",
    rows: { t: "true" },
    options: { keepChanged: true },
    tables: { t: [1, 0, 1] },
    afterwards: ["SELECT string_agg(v, '' ORDER BY id) FROM t", "ac"],
  },
  {
    name: "rows that are there with other values",
    setup: PAIR,
    change: "UPDATE p SET code = 'secret-3' WHERE id = 1; DELETE FROM p WHERE id = 2",
    rows: { p: "true" },
    conflicts: [["p", "changed", null, ["code"], 1]],
  },
  {
    name: "1.0 is not 1.00",
    setup: "CREATE TABLE t (id int PRIMARY KEY, v numeric); INSERT INTO t VALUES (1, 1.0)",
    change: "UPDATE t SET v = 1.00",
    rows: { t: "true" },
    conflicts: [["t", "changed", null, ["v"], 1]],
  },
  {
    name: "the same value in a unique index, an exclusion constraint and an expression",
    setup: `CREATE TABLE t (id int PRIMARY KEY, v text, r int4range, EXCLUDE USING gist (r WITH &&)); CREATE UNIQUE INDEX low ON t (lower(v)) WHERE v <> '';
      INSERT INTO t VALUES (1, 'Secret', '[1,5)'), (2, '', '[6,7)'), (3, NULL, '[8,9)')`,
    change:
      "DELETE FROM t; INSERT INTO t VALUES (7, 'sECRET', '[4,6)'), (8, '', NULL), (9, NULL, NULL)",
    rows: { t: "true" },
    conflicts: [
      ["t", "duplicate", "low", [], 1],
      ["t", "duplicate", "t_r_excl", [], 1],
    ],
  },
  {
    name: "a new check, and a column that allows no null now",
    setup:
      "CREATE TABLE t (id int PRIMARY KEY, v text, w int); INSERT INTO t VALUES (1, NULL, 1), (2, 'x', 2)",
    change: "DELETE FROM t; ALTER TABLE t ALTER v SET NOT NULL, ADD CONSTRAINT small CHECK (w < 2)",
    rows: { t: "true" },
    conflicts: [
      ["t", "check", "small", [], 1],
      ["t", "not-null", null, ["v"], 1],
    ],
  },
  {
    name: "a column that was renamed, and one that needs a value",
    setup: "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')",
    change: "DELETE FROM t; ALTER TABLE t RENAME v TO v2; ALTER TABLE t ADD w int NOT NULL",
    rows: { t: "true" },
    conflicts: [
      ["t", "missing-columns", null, ["v"], null],
      ["t", "required-columns", null, ["w"], null],
    ],
  },
  {
    name: "a new column with a default, and a generated one",
    setup: "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')",
    change:
      "DELETE FROM t; ALTER TABLE t ADD w int NOT NULL DEFAULT 7, ADD g text GENERATED ALWAYS AS (v || '!') STORED UNIQUE",
    rows: { t: "true" },
    tables: { t: [1, 0, 0] },
    afterwards: ["SELECT v || w || g FROM t", "a7a!"],
  },
  {
    name: "a table that is gone",
    setup: "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)",
    change: "DROP TABLE t",
    rows: { t: "true" },
    conflicts: [["t", "missing-table", null, [], null]],
  },
  {
    name: "a partition that no row fits any more is found by the server",
    setup: `CREATE TABLE m (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM (0) TO (5); INSERT INTO m VALUES (1)`,
    change: "DROP TABLE m_1",
    rows: { m: "true" },
    conflicts: [["m", "constraint", null, [], null]],
  },
  {
    name: "tables whose rows must not come along: nulls where the key says so",
    setup: `CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p ON DELETE SET NULL); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1), (2, NULL)`,
    change: "DELETE FROM c; DELETE FROM p",
    rows: { c: "true" },
    options: { withoutTables: ["w_*.p"] },
    tables: { c: [2, 0, 0] },
    afterwards: ["SELECT count(*)::int FROM c WHERE p_id IS NULL", 2],
  },
  {
    name: "tables whose rows must not come along: elsewhere a conflict",
    setup: PAIR,
    change: "DELETE FROM p",
    rows: { c: "id = 1" },
    options: { withoutTables: ["w_*.p"] },
    conflicts: [["c", "missing-reference", "c_p_id_fkey", ["p_id"], 1]],
  },
  {
    name: "what a row refers to is there under its other key, and is another row",
    setup: `CREATE TABLE p (id int PRIMARY KEY, code text UNIQUE); CREATE TABLE c (id int PRIMARY KEY, code text REFERENCES p (code)); INSERT INTO p VALUES (1, 'x'); INSERT INTO c VALUES (1, 'x')`,
    change: "DELETE FROM c; UPDATE p SET code = 'y'",
    rows: { c: "true" },
    conflicts: [
      ["c", "missing-reference", "c_code_fkey", ["code"], 1],
      ["p", "changed", null, ["code"], 1],
    ],
  },
  {
    name: "triggers and rules do not act, and act again afterwards",
    setup: `CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE log (v text); INSERT INTO t VALUES (1, 'a');
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.v := 'touched'; RETURN NEW; END $$;
      CREATE TRIGGER touch BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch(); ALTER TABLE t ENABLE ALWAYS TRIGGER touch;
      CREATE RULE also AS ON INSERT TO t DO ALSO INSERT INTO log VALUES ('rule')`,
    change: "DELETE FROM t",
    rows: { t: "true" },
    tables: { t: [1, 0, 0] },
    afterwards: [
      `SELECT t.v || (SELECT count(*) FROM log) || (SELECT tgenabled::text FROM pg_trigger WHERE tgrelid = 't'::regclass)
              || (SELECT ev_enabled::text FROM pg_rewrite WHERE ev_class = 't'::regclass) FROM t`,
      "a0AO",
    ],
  },
  {
    name: "emptied references are set back where they are still empty, whatever else changed",
    setup: `CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p ON DELETE SET NULL, v text);
      INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1, 1, 'a'), (2, 1, 'b'), (3, NULL, 'c'), (4, 1, 'd'), (5, 2, 'e')`,
    change:
      "DELETE FROM p WHERE id = 1; UPDATE c SET v = 'new' WHERE id = 1; UPDATE c SET p_id = 2 WHERE id = 2; DELETE FROM c WHERE id = 4",
    rows: { p: "id = 1" },
    options: { withReferences: ["w_*.c"], withDependents: true },
    tables: { p: [1, 0, 0] },
    afterwards: [
      "SELECT string_agg(v || COALESCE(p_id, 0), ' ' ORDER BY id) FROM c",
      "new1 b2 c0 e2",
    ],
  },
  {
    name: "identity columns and generated ones keep their values, sequences stay",
    setup:
      "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, s serial, v int, g int GENERATED ALWAYS AS (v * 2) STORED UNIQUE); INSERT INTO t (v) VALUES (1), (2), (3)",
    change: "DELETE FROM t WHERE id = 2",
    rows: { t: "v = 2" },
    tables: { t: [1, 0, 0] },
    afterwards: [
      "SELECT id || ' ' || s || ' ' || g || ' ' || (SELECT last_value FROM t_id_seq) FROM t WHERE v = 2",
      "2 2 4 3",
    ],
  },
  {
    name: "domains, enums and collations",
    setup: `CREATE DOMAIN word AS text CHECK (VALUE <> 'bad'); CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE TYPE both_of AS (a int, b text);
      CREATE TABLE t (id word COLLATE "C" PRIMARY KEY, m mood, b both_of, "odd "" name" text); INSERT INTO t VALUES ('x', 'sad', ROW(NULL, NULL), '1'), ('y', NULL, NULL, '')`,
    change: "DELETE FROM t",
    rows: { t: "id IN ('x', 'y')" },
    tables: { t: [2, 0, 0] },
    afterwards: ["SELECT string_agg(t::text, ' ' ORDER BY id) FROM t", '(x,sad,"(,)",1) (y,,,"")'],
  },
  {
    name: "a check and a unique index of entire rows, and a check of a system column",
    setup: `CREATE TABLE t (id int PRIMARY KEY, v int, CHECK ((t.*) IS NOT NULL), CHECK (tableoid::regclass::text LIKE '%t'));
      CREATE FUNCTION value_of(t) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1.v';
      CREATE UNIQUE INDEX whole ON t (value_of(t.*)); CREATE UNIQUE INDEX part ON t (v) WHERE (t.*) IS NOT NULL;
      INSERT INTO t VALUES (1, 1), (2, 2)`,
    change: "DELETE FROM t WHERE id = 1",
    rows: { t: "id = 1" },
    tables: { t: [1, 0, 0] },
  },
  {
    name: "a unique index of entire rows lets the server refuse",
    setup: `CREATE TABLE t (id int PRIMARY KEY, v int); CREATE FUNCTION value_of(t) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1.v';
      CREATE UNIQUE INDEX whole ON t (value_of(t.*)); INSERT INTO t VALUES (1, 1), (2, 2)`,
    change: "DELETE FROM t WHERE id = 1; UPDATE t SET v = 1",
    rows: { t: "id = 1" },
    conflicts: [["t", "constraint", "whole", [], null]],
  },
  {
    name: "a column that the table computes by now",
    setup:
      "CREATE TABLE t (id int PRIMARY KEY, v int, twice int); INSERT INTO t VALUES (1, 1, 2), (2, 2, 4)",
    change:
      "DELETE FROM t WHERE id = 1; ALTER TABLE t DROP twice; ALTER TABLE t ADD twice int GENERATED ALWAYS AS (v * 3) STORED",
    rows: { t: "id = 1" },
    tables: { t: [1, 0, 0] },
    afterwards: ["SELECT twice FROM t WHERE id = 1", 3],
  },
  {
    name: "rules never act",
    setup: `CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE log (id int); INSERT INTO t VALUES (1);
      CREATE RULE also AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.id);
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN EXECUTE format('INSERT INTO %I.log VALUES (100)', TG_TABLE_SCHEMA); RETURN NEW; END $$;
      CREATE TRIGGER note AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION note()`,
    change: "DELETE FROM t",
    rows: { t: "true" },
    options: { enableTriggers: true },
    tables: { t: [1, 0, 0] },
    afterwards: ["SELECT sum(id)::int FROM log", 100],
  },
  {
    name: "a table without columns",
    setup: "CREATE TABLE t (); INSERT INTO t DEFAULT VALUES; INSERT INTO t DEFAULT VALUES",
    change: "DELETE FROM t WHERE ctid = '(0,1)'",
    rows: { t: "true" },
    tables: { t: [1, 1, 0] },
  },
];

describe("situations", () => {
  let database: TestDatabase;
  const store = new MemoryStore();
  const schemaOf = (position: number): string => `w_${position}`;
  beforeAll(async () => {
    database = await freshDatabase();
    const inSchemas = (part: "setup" | "change"): string =>
      CASES.map((each, i) => `SET search_path = ${schemaOf(i)}; ${each[part]};`).join("\n");
    await database.query(CASES.map((_, i) => `CREATE SCHEMA ${schemaOf(i)};`).join(" "));
    await database.query(inSchemas("setup"));
    await dump(database.url, store);
    await database.query(inSchemas("change"));
  });
  afterAll(() => database.drop());

  test.each(CASES.map((each, i) => [each.name, i, each] as const))(
    "%s",
    async (_, position, each) => {
      const schema = schemaOf(position);
      const { options = {}, tables = {}, conflicts = [], afterwards } = each;
      const rows = Object.fromEntries(
        Object.entries(each.rows).map(([table, condition]) => [`${schema}.${table}`, condition]),
      );
      const before = await contentsOf(database);
      if (conflicts.length > 0) {
        const dry = await undelete(store, database.url, { ...options, rows, dryRun: true });
        expect(
          dry.conflicts.map((it) => [it.name, it.reason, it.constraint, it.columns, it.rows]),
        ).toEqual(conflicts);
        await expect(undelete(store, database.url, { ...options, rows })).rejects.toMatchObject({
          code: "ROW_CONFLICT",
          message: expect.not.stringMatching(/secret/i),
          objects: { length: conflicts.length },
        });
        expect(await contentsOf(database)).toEqual(before);
        return;
      }
      const result = await undelete(store, database.url, { ...options, rows });
      expect(result).toMatchObject({ committed: true, conflicts: [] });
      expect(
        Object.fromEntries(
          result.tables.map(({ name, inserted, unchanged, changed }) => [
            name,
            [inserted, unchanged, changed],
          ]),
        ),
      ).toEqual(tables);
      // Nothing in the schemas of the other cases.
      const others = (contents: Record<string, string>): [string, string][] =>
        Object.entries(contents).filter(([name]) => !name.startsWith(`"${schema}".`));
      expect(others(await contentsOf(database))).toEqual(others(before));
      if (afterwards === undefined) return;
      const [row] = await database.query(`SET search_path = ${schema}; ${afterwards[0]}`);
      expect(Object.values(row!)).toEqual([afterwards[1]]);
    },
  );
});

test("composite values of nulls alone are values: they satisfy NOT NULL, and refer", async () => {
  const schema = `
    CREATE TYPE pair AS (x int, y int);
    CREATE TABLE parents (a pair PRIMARY KEY);
    CREATE TABLE children (id int PRIMARY KEY, a pair NOT NULL REFERENCES parents);
    INSERT INTO parents VALUES (ROW(NULL, NULL));
    INSERT INTO children VALUES (1, ROW(NULL, NULL));`;
  const { result, before, after } = await undo(
    schema,
    "DELETE FROM children; DELETE FROM parents",
    {
      rows: { children: "id = 1" },
      withReferences: true,
    },
  );
  expect(result).toMatchObject({ committed: true, rows: 2, conflicts: [] });
  expect(after).toEqual(before);
});

test.each([13, 15, 18])(
  "event triggers do not act, and keys are checked, on PostgreSQL %i",
  async (major) => {
    const schema = `${SHOP}
      CREATE TABLE ddl (tag text);
      CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.ddl VALUES (tg_tag); END $$;
      CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
      CREATE TRIGGER nothing BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION nothing();
      CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION note();`;
    await withDatabase(
      async (database) => {
        const store = await prepared(database, schema);
        const before = await contentsOf(database);
        await database.query("DELETE FROM users WHERE id = 1");
        const options = { rows: { users: "id = 1" }, withDependents: true, withReferences: true };
        // What a row refers to goes away when the plan is made: only the server sees that.
        const late = undelete(store, database.url, {
          ...options,
          onPlan: () => database.query("DELETE FROM users; DELETE FROM regions") as Promise<never>,
        });
        await expect(late).rejects.toMatchObject({
          code: expect.stringMatching(/CONFLICT|SERVER/),
        });
        expect(await database.query("SELECT FROM users")).toEqual([]);
        await undelete(store, database.url, { ...options, rows: { users: "true" } });
        expect(await contentsOf(database)).toEqual(before);
      },
      { major },
    );
  },
);

test.each<[string, string, string, UndeleteOptions, number, RegExp[]]>([
  [
    "a sequence that began anew",
    "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, d serial, u serial); INSERT INTO t VALUES (DEFAULT), (DEFAULT)",
    "TRUNCATE t RESTART IDENTITY; ALTER SEQUENCE t_d_seq INCREMENT -1 MINVALUE -9 RESTART 0; SELECT setval('t_u_seq', 2)",
    { rows: { t: "true" } },
    2,
    [/sequence public.t_id_seq comes before values of id/],
  ],
  [
    "references that a deletion set to their default",
    `CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p int DEFAULT 0 REFERENCES p ON DELETE SET DEFAULT);
     INSERT INTO p VALUES (0), (1); INSERT INTO c VALUES (1, 1)`,
    "DELETE FROM p WHERE id = 1",
    { rows: { p: "id = 1" }, withReferences: true },
    1,
    [/table public.c: references by c_p_fkey .* default stay so/],
  ],
  [
    "a child that is gone",
    "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE k () INHERITS (p); INSERT INTO p VALUES (1); INSERT INTO k VALUES (2)",
    "DROP TABLE k; DELETE FROM p",
    { rows: { p: "true" } },
    1,
    [/table public.k, a child of .* is not in the target/],
  ],
])("a warning: %s", async (_, schema, change, options, rows, warnings) => {
  const { result } = await undo(schema, change, options);
  expect(result).toMatchObject({
    rows,
    conflicts: [],
    warnings: warnings.map((message) => ({ message: expect.stringMatching(message) })),
  });
});

test("a condition may name columns that are computed when they are read", async () => {
  const { before, after } = await undo(
    "CREATE TABLE t (id int PRIMARY KEY, n int, twice int GENERATED ALWAYS AS (n * 2) VIRTUAL); INSERT INTO t VALUES (1, 1), (2, 20)",
    "DELETE FROM t",
    { rows: { t: "id = 1 OR twice > 10" } },
    18,
  );
  expect(after).toEqual(before);
});

test.each([13, 14, 15, 18])(
  "triggers of partitions are as before, each as it was, on PostgreSQL %i",
  async (major) => {
    await withDatabase(
      async (database) => {
        const noted = "SELECT count(*)::int AS n FROM noted";
        const states = `SELECT tgrelid::regclass::text AS table, tgname AS name, tgenabled AS state FROM pg_trigger
          WHERE tgrelid::regclass::text LIKE 'm%' ORDER BY 1, 2`;
        const store = await prepared(
          database,
          `${PARTITIONED}; CREATE TABLE m_3 PARTITION OF m FOR VALUES FROM (20) TO (40) PARTITION BY RANGE (id);
           CREATE TABLE m_3_1 PARTITION OF m_3 FOR VALUES FROM (20) TO (30); INSERT INTO m VALUES (21, 1); CREATE TABLE noted (id int);
           CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.noted VALUES (NEW.id); RETURN NEW; END';
           ${["a", "b", "c", "d"].map((name) => `CREATE TRIGGER ${name} AFTER INSERT ON m FOR EACH ROW EXECUTE FUNCTION note();`).join(" ")}
           ALTER TABLE m_1 DISABLE TRIGGER a; ALTER TABLE m_2 ENABLE ALWAYS TRIGGER b; ALTER TABLE ONLY m DISABLE TRIGGER c;
           ALTER TABLE m_3 DISABLE TRIGGER d; ALTER TABLE m_3_1 ENABLE REPLICA TRIGGER d`,
        );
        const before = await database.query(states);
        await database.query("DELETE FROM m");
        expect(await undelete(store, database.url, { rows: { m: "true" } })).toMatchObject({
          rows: 3,
        });
        expect(await database.query(states)).toEqual(before);
        expect(await database.query(noted)).toEqual([{ n: 0 }]);
      },
      { major },
    );
  },
);
