import { expect, test } from "vitest";
import { roundTrips } from "../../../../src/sql/deparse/round-trip.ts";

test.each([
  [
    "CHECK (((r)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[])))",
    "CHECK (((r)::text = ANY (ARRAY['a'::character varying, 'it''s'::character varying])))",
  ],
  [
    "((r)::text <> ALL ((ARRAY['a'::character varying])::text[]))",
    "((r)::text <> ALL (ARRAY['a'::character varying]))",
  ],
  ["(((x >= 0) AND (x <= 9)) AND (y > 1))", "((x BETWEEN 0 AND 9) AND (y > 1))"],
  ["((x >= (a + 1)) AND (x <= f(b, ')')))", "(x BETWEEN (a + 1) AND f(b, ')'))"],
  [
    "((t >= '2000-01-01 00:00:00'::timestamp without time zone) AND (t <= now()))",
    "(t BETWEEN '2000-01-01 00:00:00'::timestamp without time zone AND now())",
  ],
  [
    "(EXTRACT(Year FROM now()) + EXTRACT(DAY FROM d))",
    "(EXTRACT('Year' FROM now()) + EXTRACT('DAY' FROM d))",
  ],
  [
    "( ) CYCLE id SET looped TO 'it''s'::text DEFAULT 'N'::character varying USING way",
    "( ) CYCLE id SET looped TO text 'it''s' DEFAULT character varying 'N' USING way",
  ],
  [
    `( ) CYCLE id SET "TO" TO 1 DEFAULT '$&'::s."t t" USING way`,
    `( ) CYCLE id SET "TO" TO 1 DEFAULT s."t t" '$&' USING way`,
  ],
  ["(((a <> 1) OR (b <> 2)) OR c)", "(((a <> 1) OR (b <> 2))::boolean OR c)"],
  [
    "((((a = 1) AND (b = 2)) AND (c)) AND d)",
    "((((a = 1) AND (b = 2))::boolean AND (c))::boolean AND d)",
  ],
  [
    "(((x BETWEEN 1 AND 2) OR (x BETWEEN 2 AND 1)) OR y)",
    "(((x BETWEEN 1 AND 2) OR (x BETWEEN 2 AND 1))::boolean OR y)",
  ],
  ["(x = ANY ((ARRAY[1, -2])::numeric[]))", "(x = ANY ((ARRAY[1, -2])::anyarray::numeric[]))"],
  [
    `(x = ANY ((ARRAY[('a, b'::text)::s."d(""", 'b'::s."d("""])::text[]))`,
    `(x = ANY ((ARRAY[('a, b'::text)::s."d(""", 'b'::s."d("""])::s."d("""[]::text[]))`,
  ],
  [
    "BEGIN ATOMIC\n SELECT '-1'::integer;\nEND",
    `BEGIN ATOMIC\n SELECT '-1'::integer AS "?column?";\nEND`,
  ],
  [
    "EXISTS ( SELECT 'x, y'::text,\n    NULL::s.\"t t\",\n    a.b\n   FROM a)",
    `EXISTS ( SELECT 'x, y'::text AS "?column?",\n    NULL::s."t t" AS "?column?",\n    a.b\n   FROM a)`,
  ],
  [
    "EXISTS ( SELECT COLLATION FOR (a.b)\n   FROM a\n FOR UPDATE)",
    `EXISTS ( SELECT COLLATION FOR (a.b) AS "?column?"\n   FROM a\n FOR UPDATE)`,
  ],
  [
    "( SELECT f(1)\n FOR NO KEY UPDATE OF a)",
    `( SELECT f(1) AS "?column?"\n FOR NO KEY UPDATE OF a)`,
  ],
  // Any column can be named "?column?".
  [
    "EXISTS ( SELECT COALESCE(a.b, c)\n   FROM a)",
    `EXISTS ( SELECT COALESCE(a.b, c) AS "?column?"\n   FROM a)`,
  ],
  [
    "AS\n SELECT DISTINCT ON (f(a, b)) (a)::text,\n    true,\n    percentile_cont(0.5) WITHIN GROUP (ORDER BY a)\n   FROM t GROUP BY (a)::text;",
    `AS\n SELECT DISTINCT ON (f(a, b)) (a)::text AS "?column?",\n    true AS "?column?",\n    percentile_cont(0.5) WITHIN GROUP (ORDER BY a) AS "?column?"\n   FROM t GROUP BY (a)::text;`,
  ],
  [
    "(EXISTS ( SELECT ( SELECT max(x.a) AS max FROM x), (ARRAY[1, 2])[1], CURRENT_USER UNION ALL SELECT f(1)))",
    `(EXISTS ( SELECT ( SELECT max(x.a) AS max FROM x) AS "?column?", (ARRAY[1, 2])[1] AS "?column?", CURRENT_USER AS "?column?" UNION ALL SELECT f(1) AS "?column?"))`,
  ],
  // A CASE is on a line of its own.
  [
    "EXISTS ( SELECT\n        CASE\n            WHEN a.b THEN 'x, y'::text\n            ELSE a.c\n        END,\n    (ARRAY[a.b])[1]\n   FROM a)",
    `EXISTS ( SELECT\n        CASE\n            WHEN a.b THEN 'x, y'::text\n            ELSE a.c\n        END AS "?column?",\n    (ARRAY[a.b])[1] AS "?column?"\n   FROM a)`,
  ],
  [
    `( SELECT DISTINCT\n CASE\n ELSE f(a)\n END AS x,\n CASE\n ELSE f(a)\n END AS y\n FROM t GROUP BY\n CASE\n ELSE f(a)\n END,\n CASE\n ELSE f(a)\n END)`,
    `( SELECT DISTINCT\n CASE\n ELSE f(a)\n END AS x,\n CASE\n ELSE f(a)\n END AS y\n FROM t GROUP BY\n CASE\n ELSE f(a)\n END,\n 2)`,
  ],
  [
    `( SELECT 1 UNION ALL\n${" ".repeat(78)}SELECT (a IS NFC NORMALIZED), ((a).b), ( SELECT t.a FROM t ORDER BY t.a USING >))`,
    `( SELECT 1 UNION ALL\n${" ".repeat(78)}SELECT (a IS NFC NORMALIZED) AS "?column?", ((a).b) AS "?column?", ( SELECT t.a FROM t ORDER BY t.a USING >) AS "?column?")`,
  ],
  [
    `BEGIN ATOMIC\n DELETE FROM t\n  RETURNING WITH (OLD AS o, NEW AS ")") f(o.a),\n    o.a;\nEND`,
    `BEGIN ATOMIC\n DELETE FROM t\n  RETURNING WITH (OLD AS o, NEW AS ")") f(o.a) AS "?column?",\n    o.a;\nEND`,
  ],
  [
    "WITH q AS (\n UPDATE t SET a = 1\n  RETURNING f(a)\n ) SELECT 1",
    `WITH q AS (\n UPDATE t SET a = 1\n  RETURNING f(a) AS "?column?"\n ) SELECT 1`,
  ],
  ["((ARRAY['1'::text, 2])::name[])", "((ARRAY['1'::text, 2])::anyarray::name[])"],
  [
    "((ARRAY['a'::character varying(20), 'b'::character varying(20)])::text[])",
    "((ARRAY['a'::character varying(20), 'b'::character varying(20)])::character varying(20)[]::text[])",
  ],
  [
    "((ARRAY['1 day'::interval day to second(2)])::text[])",
    "((ARRAY['1 day'::interval day to second(2)])::interval day to second(2)[]::text[])",
  ],
  [
    "((ARRAY['{a}'::character varying(7)[]])::text[])",
    "((ARRAY['{a}'::character varying(7)[]])::character varying(7)[]::text[])",
  ],
  [
    "(\n    without time(0) without time zone,\n    format json[],\n    without timestamp without time zone)",
    `(\n    "without" time(0) without time zone,\n    "format" json[],\n    without timestamp without time zone)`,
  ],
  [
    "f(without time with time zone, INOUT without time without time zone, VARIADIC format json[])",
    `f("without" time with time zone, INOUT "without" time without time zone, VARIADIC "format" json[])`,
  ],
  [
    "a(without time without time zone ORDER BY VARIADIC format json[]), b(ORDER BY without time with time zone)",
    `a("without" time without time zone ORDER BY VARIADIC "format" json[]), b(ORDER BY "without" time with time zone)`,
  ],
  // Several columns with one expression.
  [
    `AS\n SELECT t.a AS x,\n    t.a AS "y, z",\n    f(t.a) AS f,\n    f(t.a) AS g\n   FROM t\n  GROUP BY t.a, t.a, (f(t.a)), (f(t.a))\n HAVING (count(*) > 0);`,
    `AS\n SELECT t.a AS x,\n    t.a AS "y, z",\n    f(t.a) AS f,\n    f(t.a) AS g\n   FROM t\n  GROUP BY t.a, 2, (f(t.a)), 4\n HAVING (count(*) > 0);`,
  ],
  [
    `( SELECT DISTINCT ON ("A b", "A b") "A b" AS x, "A b" AS y FROM t ORDER BY "A b" DESC, "A b" USING ~<~ NULLS FIRST)`,
    `( SELECT DISTINCT ON ("A b", 2) "A b" AS x, "A b" AS y FROM t ORDER BY "A b" DESC, 2 USING ~<~ NULLS FIRST)`,
  ],
  [
    "( SELECT 1 AS x, 1 AS y FROM t GROUP BY 1::integer, 1::integer UNION ALL SELECT a AS x, b AS y FROM t GROUP BY a, b ORDER BY 1, 2)",
    "( SELECT 1 AS x, 1 AS y FROM t GROUP BY 1::integer, 2 UNION ALL SELECT a AS x, b AS y FROM t GROUP BY a, b ORDER BY 1, 2)",
  ],
])("%s is spelled so that it parses to the same tree", (deparsed, expected) => {
  expect(roundTrips(deparsed)).toBe(expected);
});

test.each([
  "((x >= 0) AND (y <= 9))",
  "((x >= 0) AND (x <= 9) AND (y > 1))",
  "((x >= ALL (ARRAY[1])) AND (x <= ALL (ARRAY[9])))",
  "((x >= 0) OR (x <= 9))",
  // Columns that have a name, and those that are called ?column? by themselves.
  `EXISTS ( SELECT a, "A b".c, t.*, 1, -1.5, (a + 1), (NOT a), ((a)::text || 'x'::text), (a IS NULL), f(a) AS f, 'a AS b'::text AS "text" FROM t)`,
  "EXISTS ( SELECT\n   FROM t)",
  "BEGIN ATOMIC\n INSERT INTO t (a)\n  VALUES (1)\n  RETURNING t.a,\n    (t.a + 1);\nEND",
  "SELECT JSON_OBJECT('a' : t.a RETURNING character varying(20)) AS j FROM t",
  "(JSON_VALUE(j, '$' RETURNING numeric(9,2) DEFAULT 1 ON ERROR) > JSON_SERIALIZE(a RETURNING \"char\"))",
  "CREATE MATERIALIZED VIEW public.m AS\n SELECT 1 AS x\n WITH NO DATA",
  "CREATE RULE r AS\n    ON INSERT TO public.v DO INSTEAD  INSERT INTO t (a)  SELECT new.a ON CONFLICT DO NOTHING",
  "GRANT SELECT ON TABLE public.t TO r",
  "GRANT INSERT, SELECT ON TABLE public.t TO r",
  "CREATE POLICY p ON public.t FOR SELECT TO r USING (a)",
  "SELECT pg_catalog.lo_create(1)",
  "DEFAULT '((x >= 0) AND (x <= 9))'",
  "AS $f$ ((x >= 0) AND (x <= 9)) $f$",
  `"((x >= 0) AND (x <= 9))"`,
  String.raw`E'\'((x >= 0) AND (x <= 9))'`,
  "DEFAULT 'ANY ((ARRAY[''x''::character varying])::text[])'",
  "((ARRAY[1, 2])::anyarray::text[])",
  "((ARRAY[1, 2])[1])",
  "ARRAY[]::text[]",
  "ROW(ARRAY['a'::s.t])::s.u",
  "SELECT 'a'::text AS x, b.c FROM b",
  "( SELECT a, b FROM t GROUP BY GROUPING SETS ((a, b), (a), (a)), a, a ORDER BY f(a), f(b))",
  "( SELECT a, a AS b, string_agg(c, c ORDER BY a, a) OVER (PARTITION BY a, a) AS d FROM t)",
  "SELECT ('a'::text || 'b'::text) FROM b",
  "SELECT f('a'::text), ARRAY['x'::text] WHERE ('1'::text = 'b'::text)",
  "((ARRAY['a'::character varying(20), b])::text[])",
  "((ARRAY['a'::character varying(20), 'a'::text])::text[])",
  "((ARRAY['1 day'::interval day, 1])::text[])",
  "((ARRAY[a, b])::text[])",
  "(ARRAY[1, 2] = ARRAY[3])::text",
  "((a AND b) OR c)",
  "((a OR b) AND (c OR d))",
  "(a OR (b OR c))",
  "((x BETWEEN 1 AND 2) AND y)",
  "('((a OR b) OR c)')",
  "((x >= 0) AND (x <= 9",
  "EXTRACT(year FROM now())",
  "AS 'EXTRACT(YEAR FROM now())'",
  "X_EXTRACT(YEAR FROM now())",
  "( ) CYCLE id SET looped TO true DEFAULT false USING way",
  "AS 'r CYCLE id SET m TO ''Y''::text DEFAULT ''N''::text USING w'",
])("%s is left alone", (sql) => {
  expect(roundTrips(sql)).toBe(sql);
});
