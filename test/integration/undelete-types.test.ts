/** Types that changed between the archive and the undelete: the text of a value never comes back as another value. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { undelete } from "../../src/undelete/undelete.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { take, withManifest } from "../support/reuse.ts";
import { contentsOf } from "../support/table-contents.ts";

interface Case {
  /** The column's type, and a value as SQL. */
  readonly was: string;
  readonly value: string;
  /** The new type, and how it is changed; by default with a cast. */
  readonly is: string;
  readonly using?: string;
  /** Before the table is created, and after the archive was made. */
  readonly setup?: string;
  readonly change?: string;
  /** The two types as the conflict names them; absent where the row comes back as the server itself converted it. */
  readonly conflict?: readonly [archived: string, target: string];
}

/** Changes a type that a column's type cannot be while somebody does. */
const viaText = (is: string, change: string): string =>
  `ALTER TABLE t ALTER v TYPE text USING v::text; ${change}; ALTER TABLE t ALTER v TYPE ${is} USING v::${is}`;
const MOODS = "CREATE TYPE mood AS ENUM ('ok', 'sad', 'calm')";
const CASES: readonly Case[] = [
  // Read as they were.
  { was: "int", value: "1", is: "bigint" },
  { was: "smallint", value: "1", is: "numeric" },
  { was: "int", value: "7", is: "numeric(10,2)" },
  { was: "bigint", value: "7", is: "int" },
  { was: "varchar(5)", value: "'a b '", is: "text" },
  { was: "text", value: "'x '", is: "varchar" },
  { was: "varchar(5)", value: "'ab'", is: "varchar(9)" },
  { was: "varchar(5)[]", value: "'{a,NULL,\"\"}'", is: "text[]" },
  { was: "numeric(6,2)", value: "1.5", is: "numeric(9,3)" },
  { was: "numeric(6,2)", value: "1.5", is: "numeric" },
  { was: "timestamp(3)", value: "'2025-01-02 03:04:05.678'", is: "timestamp" },
  { was: "timestamptz(0)", value: "'2025-01-02 03:04:05+07'", is: "timestamptz(6)" },
  { was: "date", value: "'2025-01-02'", is: "timestamp" },
  { was: "json", value: `'{"a": 1, "a": 2}'`, is: "jsonb" },
  { was: "text", value: "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", is: "uuid" },
  { was: "cidr", value: "'10.0.0.0/8'", is: "inet" },
  { was: "bit(3)", value: "'101'", is: "bit varying" },
  { was: "char(3)", value: "'a'", is: "char(5)" },
  { was: "mood", value: "'sad'", is: "text", setup: MOODS },
  { was: "text", value: "'sad'", is: "mood", setup: MOODS },
  {
    was: "mood[]",
    value: "'{sad}'",
    is: "mood[]",
    setup: MOODS,
    change:
      "ALTER TYPE mood RENAME TO feeling; ALTER TYPE feeling ADD VALUE 'glad' BEFORE 'sad'; ALTER TYPE feeling RENAME VALUE 'ok' TO 'fine'",
  },
  {
    was: "word",
    value: "'a'",
    is: "varchar",
    setup: "CREATE DOMAIN letter AS text; CREATE DOMAIN word AS letter CHECK (VALUE <> '')",
  },
  {
    was: "pair",
    value: "ROW(1, NULL)",
    is: "pair",
    setup: "CREATE TYPE pair AS (a int, b text)",
    change: viaText(
      "two",
      "ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint; ALTER TYPE pair RENAME TO two",
    ),
  },
  {
    was: "spans",
    value: "'[a,b)'",
    is: "spans",
    setup: "CREATE DOMAIN word AS text; CREATE TYPE spans AS RANGE (SUBTYPE = word)",
  },
  {
    was: "rows_of",
    value: "ROW(1, '2025-01-01')",
    is: "rows_of",
    setup: "CREATE TABLE rows_of (n int, at date)",
  },
  // Read as other values, if at all.
  {
    was: "timestamp",
    value: "'2025-07-02 03:04:05'",
    is: "timestamptz",
    using: "v AT TIME ZONE 'Europe/Berlin'",
    conflict: ["timestamp without time zone", "timestamp with time zone"],
  },
  {
    was: "timestamptz",
    value: "'2025-07-02 03:04:05'",
    is: "timestamp",
    conflict: ["timestamp with time zone", "timestamp without time zone"],
  },
  {
    was: "timestamp",
    value: "'2025-07-02 03:04:05.7'",
    is: "timestamp(0)",
    conflict: ["timestamp without time zone", "timestamp(0) without time zone"],
  },
  {
    was: "numeric(6,2)",
    value: "1.55",
    is: "numeric(6,1)",
    conflict: ["numeric(6,2)", "numeric(6,1)"],
  },
  { was: "numeric", value: "1.55", is: "numeric(6,1)", conflict: ["numeric", "numeric(6,1)"] },
  {
    was: "varchar(5)",
    value: "'a   '",
    is: "varchar(2)",
    conflict: ["character varying(5)", "character varying(2)"],
  },
  { was: "char(5)", value: "'a'", is: "text", conflict: ["character(5)", "text"] },
  { was: "boolean", value: "true", is: "text", conflict: ["boolean", "text"] },
  { was: "real", value: "0.1", is: "double precision", conflict: ["real", "double precision"] },
  {
    was: "int",
    value: "1",
    is: "money",
    using: "(v / 100)::money",
    conflict: ["integer", "money"],
  },
  // Refused by the server.
  { was: "bigint", value: "1e10", is: "int", using: "0", conflict: ["bigint", "integer"] },
  {
    was: "numeric",
    value: "1.5",
    is: "int",
    conflict: ["numeric", "integer"],
  },
  {
    was: "mood",
    value: "'sad'",
    is: "mood",
    setup: MOODS,
    change: "ALTER TYPE mood RENAME VALUE 'sad' TO 'secret'",
    conflict: ["w.mood", "w.mood"],
  },
  // Definitions changed under their names.
  {
    was: "mood",
    value: "'sad'",
    is: "mood",
    setup: MOODS,
    change:
      "ALTER TYPE mood RENAME VALUE 'sad' TO 'x'; ALTER TYPE mood RENAME VALUE 'ok' TO 'sad'; ALTER TYPE mood RENAME VALUE 'x' TO 'ok'",
    conflict: ["w.mood", "w.mood"],
  },
  {
    was: "pair",
    value: "ROW('2025-01-01', 1)",
    is: "pair",
    setup: "CREATE TYPE pair AS (at timestamp, n int)",
    change: viaText("pair", "ALTER TYPE pair ALTER ATTRIBUTE at TYPE timestamptz"),
    conflict: ["w.pair", "w.pair"],
  },
  {
    was: "pair[]",
    value: "ARRAY[ROW(1, 2)::pair]",
    is: "pair[]",
    setup: "CREATE TYPE pair AS (a int, b int)",
    change:
      "ALTER TYPE pair RENAME ATTRIBUTE a TO c; ALTER TYPE pair RENAME ATTRIBUTE b TO a; ALTER TYPE pair RENAME ATTRIBUTE c TO b",
    conflict: ["w.pair[]", "w.pair[]"],
  },
  {
    was: "moment",
    value: "'2025-01-01'",
    is: "moment",
    setup: "CREATE DOMAIN moment AS timestamp",
    change: viaText("moment", "DROP DOMAIN moment; CREATE DOMAIN moment AS timestamptz"),
    conflict: ["w.moment", "w.moment"],
  },
  {
    was: "spans",
    value: "'[2025-01-01,2025-01-02)'",
    is: "spans",
    setup: "CREATE TYPE spans AS RANGE (SUBTYPE = timestamp)",
    change: viaText("spans", "DROP TYPE spans; CREATE TYPE spans AS RANGE (SUBTYPE = timestamptz)"),
    conflict: ["w.spans", "w.spans"],
  },
  {
    was: "rows_of",
    value: "ROW('2025-01-01')",
    is: "rows_of",
    setup: "CREATE TABLE rows_of (at timestamp)",
    change: viaText("rows_of", "ALTER TABLE rows_of ALTER at TYPE timestamptz"),
    conflict: ["w.rows_of", "w.rows_of"],
  },
];

const describeCase = ({ was, is, change }: Case): string =>
  `${was} to ${is}${change === undefined ? "" : `: ${change}`}`;

describe("the type of a column", () => {
  let database: TestDatabase;
  const store = new MemoryStore();
  const schemaOf = (position: number): string => `w_${position}`;
  const inSchemas = (sql: (each: Case) => string): string =>
    CASES.map((each, i) => `SET search_path = ${schemaOf(i)}; ${sql(each)};`).join("\n");
  beforeAll(async () => {
    database = await freshDatabase();
    await database.query(CASES.map((_, i) => `CREATE SCHEMA ${schemaOf(i)};`).join(" "));
    await database.query(
      inSchemas(
        ({ setup = "", was, value }) =>
          `${setup}; CREATE TABLE t (id int PRIMARY KEY, v ${was}); INSERT INTO t VALUES (1, ${value}), (2, NULL)`,
      ),
    );
    await dump(database.url, store);
    await database.query(
      inSchemas(({ is, using = `v::${is}`, change }) =>
        change === undefined ? `ALTER TABLE t ALTER v TYPE ${is} USING ${using}` : change,
      ),
    );
    // What the server made of the values is what has to come back.
    await database.query(
      inSchemas(() => "CREATE TABLE converted AS TABLE t; DELETE FROM t WHERE id = 1"),
    );
  });
  afterAll(() => database.drop());

  test.each(CASES.map((each, i) => [describeCase(each), i, each] as const))(
    "%s",
    async (_, position, { conflict }) => {
      const schema = schemaOf(position);
      const options = { rows: { [`${schema}.t`]: "id < 3" } };
      const contents = async (): Promise<unknown> =>
        database.query(`SELECT t::text AS row FROM ${schema}.t ORDER BY id`);
      const before = await contents();
      if (conflict === undefined) {
        expect(await undelete(store, database.url, options)).toMatchObject({
          rows: 1,
          conflicts: [],
          warnings: [],
        });
        expect(await contents()).toEqual(
          await database.query(`SELECT c::text AS row FROM ${schema}.converted c ORDER BY id`),
        );
        return;
      }
      const [archived, target] = conflict.map((name) => name.replace(/^w\./, `${schema}.`));
      const dry = await undelete(store, database.url, { ...options, dryRun: true });
      expect(dry).toMatchObject({
        rows: 0,
        tables: [],
        conflicts: [
          {
            reason: "changed-types",
            namespace: schema,
            name: "t",
            columns: ["v"],
            types: [{ column: "v", archived, target }],
          },
        ],
      });
      await expect(undelete(store, database.url, options)).rejects.toMatchObject({
        code: "ROW_CONFLICT",
        object: `table ${schema}.t`,
        message: expect.stringContaining(`v was ${archived} and is ${target}`),
        hint: expect.stringContaining("into an empty database"),
      });
      expect(await contents()).toEqual(before);
    },
  );
});

const KINDS = `
  CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE TYPE nil AS ENUM (); CREATE TYPE nothing AS ();
  CREATE TYPE "Pair (x)" AS (a int, "B" mood[]); CREATE DOMAIN word AS varchar(9); CREATE DOMAIN words AS word[];
  CREATE TYPE spans AS RANGE (SUBTYPE = word); CREATE TABLE "rows" (a words, b "Pair (x)", at timestamptz(3));
  CREATE TYPE "system_user" AS ENUM ('a'); CREATE TYPE "json_scalar" AS (a "system_user");
  CREATE TABLE t (id int PRIMARY KEY, a mood, b nil, c nothing, d "Pair (x)"[], e words, f spans, g "rows", h numeric(5,2)[],
    i interval day to second(3), j "char", k name, l bit(3), m bit varying, n oidvector, o regclass, p "json_scalar", q "system_user"[],
    r information_schema.cardinal_number, twice int GENERATED ALWAYS AS (id * 2) STORED);
  INSERT INTO t (id, a, e, h, o) VALUES (1, 'sad', '{x}', '{1.5}', 't');`;

test.each([13, 14, 15, 16, 17, 18])(
  "types that did not change, on PostgreSQL %i",
  async (major) => {
    await withDatabase(
      async (database) => {
        await database.query(KINDS);
        if (major >= 14)
          await database.query("ALTER TABLE t ADD mr datemultirange, ADD umr _spans");
        const store = new MemoryStore();
        await dump(database.url, store);
        const before = await contentsOf(database);
        await database.query("DELETE FROM t");
        expect(await undelete(store, database.url, { rows: { t: "true" } })).toMatchObject({
          rows: 1,
          warnings: [],
        });
        expect(await contentsOf(database)).toEqual(before);
      },
      { major },
    );
  },
);

test("tables that rows reach, and all tables that conditions name", async () => {
  await withDatabase(async (database) => {
    await database.query(`
      CREATE TABLE p (id int PRIMARY KEY, at timestamp); CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p, n real);
      CREATE TABLE gone (id int); INSERT INTO p VALUES (1, '2025-01-01'); INSERT INTO c VALUES (1, 1, 0.1); INSERT INTO gone VALUES (1)`);
    const store = new MemoryStore();
    await dump(database.url, store);
    await database.query("DELETE FROM c; DELETE FROM p; ALTER TABLE p ALTER at TYPE timestamptz");
    await expect(undelete(store, database.url, { rows: { c: "true" } })).rejects.toMatchObject({
      objects: [expect.stringMatching(/^table public.p: has other types/)],
    });
    await database.query("ALTER TABLE c ALTER n TYPE float8; DROP TABLE gone");
    const rows = { c: "true", gone: "true", p: "true" };
    await expect(undelete(store, database.url, { rows })).rejects.toMatchObject({
      objects: [
        expect.stringMatching(/^table public.gone: is not in/),
        expect.stringMatching(/^table public.c: has other types/),
        expect.stringMatching(/^table public.p: has other types/),
      ],
    });
  });
});

test("a column that was computed and is none now", async () => {
  await withDatabase(async (database) => {
    await database.query(`
      CREATE TABLE t (id int PRIMARY KEY, n int, twice int GENERATED ALWAYS AS (n * 2) STORED); INSERT INTO t VALUES (1, 1), (2, 2)`);
    const store = new MemoryStore();
    await dump(database.url, store);
    await database.query("ALTER TABLE t ALTER twice DROP EXPRESSION");
    const options = { rows: { t: "true" } };
    // Nothing has to be inserted.
    expect(await undelete(store, database.url, options)).toMatchObject({ rows: 0 });
    await database.query("DELETE FROM t WHERE id = 1; ALTER TABLE t ALTER twice SET NOT NULL");
    const dry = await undelete(store, database.url, { ...options, dryRun: true });
    expect(dry.conflicts).toMatchObject([{ reason: "was-generated", columns: ["twice"] }]);
    await expect(undelete(store, database.url, options)).rejects.toMatchObject({
      message: expect.stringContaining("twice"),
    });
  });
});

test("a reproducible archive has types, the same each time", async () => {
  await withDatabase(async (database) => {
    await database.query(KINDS);
    const archives = [new MemoryStore(), new MemoryStore()];
    for (const store of archives) await dump(database.url, store, { reproducible: true });
    expect(archives[0]!.bytes.equals(archives[1]!.bytes)).toBe(true);
  });
});

test("an archive without types is taken, with a warning", async () => {
  await withDatabase(async (database) => {
    await database.query("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)");
    const taken = await take(database.url);
    await database.query("DELETE FROM t");
    const { store: old } = await withManifest(taken, (manifest) => {
      delete manifest.types;
      for (const relation of manifest.relations) delete relation.types;
    });
    expect(await undelete(old, database.url, { rows: { t: "true" } })).toMatchObject({
      rows: 1,
      warnings: [{ code: "column-types-unknown" }],
    });
  });
});
