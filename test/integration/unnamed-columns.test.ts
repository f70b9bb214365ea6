/**
 * Columns that are called `?column?`, of every kind of expression and wherever the server deparses such a column without
 * a name: the copy has the names of its source.
 */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf } from "../support/contents.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

const TABLE = `
  CREATE TYPE pair AS (n int, s text);
  CREATE TABLE t (n int, "N x" text, p pair, w timestamptz, a int[], j jsonb, d date, x xml, is_it boolean);
  CREATE FUNCTION f(int) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT $1, ''''::text';
  CREATE OPERATOR ## (FUNCTION = int4pl, LEFTARG = int, RIGHTARG = int);`;

/** By the major that knows them, one of each node that gives a column its name or none, in forms that look like another. */
const EXPRESSIONS: Readonly<Record<number, string>> = {
  13: `
    CASE WHEN is_it THEN 1 ELSE n END
    1
    -1
    1.5
    'x'
    NULL
    true
    B'10'
    interval '1 day'
    ARRAY['a', 'b']
    ARRAY[n, 1]
    '{1}'::int[]
    n
    t."N x"
    t
    ctid
    (p).n
    (t.p).s
    (t).p
    ((t).p).s
    (f(n)).s
    a[1]
    a[1:2]
    (ARRAY[n, 1])[1]
    (a || 1)[1]
    ROW(1, n)
    ROW(t.*)
    n + 1
    -n
    n ## 1
    n OPERATOR(public.##) 1
    (n + 1)::text
    is_it AND is_it
    NOT is_it
    is_it OR is_it
    n IS NULL
    is_it IS TRUE
    is_it IS NOT UNKNOWN
    n IS DISTINCT FROM 1
    n IN (1, 2)
    n = ANY (a)
    n BETWEEN 1 AND 2
    n BETWEEN SYMMETRIC 1 AND 2
    ROW(n, 1) < ROW(2, n)
    ROW(n, 1) IS NULL
    "N x" LIKE 'a%'
    "N x" ILIKE 'a' ESCAPE 'b'
    "N x" SIMILAR TO 'a'
    "N x" || '('
    "N x" ~~* ')'
    "N x" COLLATE "C"
    ("N x" || 'a') COLLATE "C"
    "N x" || ('a' COLLATE "C")
    'a' || "N x"::varchar(3)
    f(n)
    pg_catalog.abs(n)
    upper("N x")
    w AT TIME ZONE 'UTC'
    extract(year FROM w)
    "N x" IS NORMALIZED
    "N x" IS NOT NFKC NORMALIZED
    (d, d) OVERLAPS (d, d)
    substring("N x" FROM 1 FOR 2)
    trim(BOTH 'a' FROM "N x")
    overlay("N x" PLACING 'a' FROM 1)
    position('a' IN "N x")
    collation for ("N x")
    normalize("N x", NFC)
    COALESCE(n, 1)
    NULLIF(n, 1)
    GREATEST(n, 1)
    LEAST(n, 1)
    CASE n WHEN 1 THEN 'a' END
    CASE WHEN is_it THEN 'a' ELSE upper("N x") END
    (CASE WHEN is_it THEN a ELSE a END)[1]
    CASE WHEN is_it THEN n ELSE n + 1 END + 1
    current_date
    current_time
    current_time(2)
    current_timestamp
    localtime(1)
    localtimestamp
    current_role
    current_user
    user
    session_user
    current_catalog
    current_schema
    xmlconcat(x, x)
    xmlelement(name a, n)
    xmlforest(n AS b)
    xmlpi(name php)
    xmlroot(x, version '1.0')
    xmlserialize(CONTENT x AS text)
    xmlparse(CONTENT 'a')
    x IS DOCUMENT
    EXISTS (SELECT)
    ARRAY(SELECT 1)
    (SELECT u.n FROM t u LIMIT 1)
    (SELECT u.n FROM t u ORDER BY u.n USING > LIMIT 1)
    (SELECT 1)
    (SELECT 'x')
    ((SELECT n AS y) UNION (SELECT 2) LIMIT 1)
    (VALUES (1))
    (SELECT CASE WHEN is_it THEN 1 ELSE n END)
    n IN (SELECT 1)
    n < ALL (SELECT 1)
    NOT EXISTS (SELECT 1)
    (SELECT 1) + 1
    (SELECT 1)::text
    (SELECT (f(1)).s)
    (n, 1) = (SELECT 1, 2)
    (WITH q AS (SELECT 'x'::text) SELECT * FROM q)`,
  14: `
    a[1:]
    j['a']
    extract(dow FROM d)`,
  16: `
    system_user
    j IS JSON
    "N x" IS JSON OBJECT WITH UNIQUE KEYS
    JSON_OBJECT('a': n RETURNING varchar(20))
    JSON_ARRAY(n, 1 RETURNING jsonb)
    JSON_ARRAY(SELECT 1)`,
  17: `
    w AT LOCAL
    JSON(CAST('1' AS text))
    JSON_SCALAR(n)
    JSON_SERIALIZE(j RETURNING varchar(20))
    JSON_VALUE(j, '$' RETURNING numeric(9, 2) DEFAULT 1 ON ERROR)
    JSON_QUERY(j, '$' RETURNING text WITH WRAPPER)
    JSON_EXISTS(j, '$')`,
};

/** Of the type `record`, which no column of a view or table can have. */
const RECORDS = new Set(["ROW(1, n)", "ROW(t.*)"]);

/** Aggregates, window functions and GROUPING, which only a query that groups can have. */
const GROUPED = [
  "CASE WHEN is_it THEN max(n) ELSE n END",
  "count(*)",
  "string_agg('a', ',' ORDER BY n)",
  "percentile_cont(0.5) WITHIN GROUP (ORDER BY n)",
  "count(*) FILTER (WHERE is_it)",
  "row_number() OVER (ORDER BY n)",
  "GROUPING(n)",
  "grouping(n) + 1",
];

function expressionsOf(major: number): string[] {
  const lists = Object.entries(EXPRESSIONS).filter(([since]) => Number(since) <= major);
  return lists.flatMap(([, list]) => list.trim().split(/\n\s*/));
}

/** The query in every place where the server may leave out the names of its columns. */
function views(name: string, query: string): string[] {
  return [
    `CREATE VIEW "exists ${name}" AS SELECT 1 AS one WHERE EXISTS (${query})`,
    `CREATE VIEW "arm ${name}" AS SELECT 1 AS one WHERE EXISTS (${query} UNION ALL ${query})`,
    `CREATE VIEW "with ${name}" AS WITH q AS (${query}) SELECT count(*) FROM q`,
    `CREATE VIEW "distinct ${name}" AS SELECT EXISTS (${query.replace("SELECT", "SELECT DISTINCT ON (1 + n)")}) FROM t LIMIT 1`,
    `CREATE VIEW "deep ${name}" AS SELECT EXISTS (SELECT (SELECT (SELECT (SELECT (SELECT EXISTS (SELECT 1 UNION ALL
       SELECT count(*) FROM (${query} LIMIT 1) AS q))))))`,
  ];
}

/** Lists of columns in rules, after RETURNING too. */
function rules(expressions: readonly string[], named: readonly string[]): string[] {
  return [
    `CREATE TABLE rules AS SELECT ${expressions.map((expression, n) => `${expression} AS c${n}`).join(", ")} FROM t`,
    `CREATE RULE deleting AS ON DELETE TO rules DO INSTEAD DELETE FROM t RETURNING ${named.join(", ")}`,
    `CREATE RULE selecting AS ON INSERT TO rules DO ALSO SELECT ${named.join(", ")} FROM t`,
  ];
}

/** And in the bodies of functions. */
function body(list: string, major: number): string {
  const rows = major >= 18 ? "WITH (OLD AS before, NEW AS after) " : "";
  return `CREATE FUNCTION body() RETURNS void BEGIN ATOMIC
    SELECT ${list} FROM t;
    INSERT INTO t (n) VALUES (1) RETURNING ${rows}${list};
    WITH q AS (UPDATE t SET n = 1 RETURNING ${list}) SELECT 1 FROM q;
    DELETE FROM t RETURNING ${rows}${list};
  END`;
}

async function create(source: TestDatabase, major: number): Promise<void> {
  const expressions = expressionsOf(major);
  const single = expressions.filter((expression) => !RECORDS.has(expression));
  const named = (list: readonly string[]): string[] =>
    list.map((expression) => `${expression} AS "?column?"`);
  const statements = [
    TABLE,
    ...single.flatMap((expression, n) => [
      `CREATE VIEW "plain ${n}" AS SELECT ${expression} FROM t`,
      `CREATE VIEW "named ${n}" AS SELECT ${expression} AS "?column?" FROM t`,
    ]),
    ...views("ungrouped", `SELECT ${named(expressions).join(", ")} FROM t`),
    ...views("grouped", `SELECT ${named(GROUPED).join(", ")} FROM t GROUP BY n, is_it`),
    ...rules(single, named(single)),
    ...(major >= 14 ? [body(named(expressions).join(", "), major)] : []),
  ];
  await source.query(statements.join(";\n"));
}

async function columnNames(database: TestDatabase): Promise<unknown[]> {
  return database.query(
    `SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 ORDER BY 1, a.attnum`,
  );
}

test.each([13, 15, 16, 18])("unnamed columns of PostgreSQL %i", async (major) => {
  await withDatabase(
    async (source) => {
      await create(source, major);
      await withDatabase(
        async (target) => {
          const archive = new MemoryStore();
          await dump(source.url, archive);
          await restore(archive, target.url);
          expect(await columnNames(target)).toEqual(await columnNames(source));
          expect(await contentsOf(target.url)).toBe(await contentsOf(source.url));
        },
        { major },
      );
    },
    { major },
  );
});
