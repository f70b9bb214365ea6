import { expect, test } from "vitest";
import { unqualified } from "../../../../src/sql/deparse/unqualify.ts";

test.each([
  [' SELECT t.id,\n    t."W w" AS t\n   FROM s.t;', ' SELECT id,\n    "W w" AS t\n   FROM s.t;'],
  [
    "SELECT (x.p).a FROM s.t x(p) WHERE (x.p IS NOT NULL)",
    "SELECT (p).a FROM s.t x(p) WHERE (p IS NOT NULL)",
  ],
  [
    "SELECT t.f(t.a), (t.a)::t.d, (t.b COLLATE t.c), t.* FROM t.t",
    "SELECT t.f(a), (a)::t.d, (b COLLATE t.c), t.* FROM t.t",
  ],
  [
    "SELECT t.a AS b FROM t ORDER BY t.b, t.a, (t.b + 1)",
    "SELECT a AS b FROM t ORDER BY t.b, a, (b + 1)",
  ],
  [
    "SELECT t.a, ( SELECT t.b FROM u) AS s, ((( SELECT 1) + t.c)) FROM t",
    "SELECT a, ( SELECT t.b FROM u) AS s, ((( SELECT 1) + c)) FROM t",
  ],
  [
    "SELECT t.a FROM t WHERE (t.a > ALL (( SELECT t.b) UNION ( SELECT t.c)))",
    "SELECT a FROM t WHERE (a > ALL (( SELECT t.b) UNION ( SELECT t.c)))",
  ],
  [
    "WITH t AS ( SELECT t.a FROM s.t) SELECT t.a FROM t",
    "WITH t AS ( SELECT t.a FROM s.t) SELECT a FROM t",
  ],
  ["SELECT s.a FROM ( SELECT t.a FROM t, u) s", "SELECT a FROM ( SELECT t.a FROM t, u) s"],
  [
    "SELECT r.a, E'\\' r.a', 'r.a' FROM f(1, 2) WITH ORDINALITY r(a, b)",
    "SELECT a, E'\\' r.a', 'r.a' FROM f(1, 2) WITH ORDINALITY r(a, b)",
  ],
  [
    "SELECT t.a FROM ONLY s.t TABLESAMPLE system ('10'::real) FOR SHARE OF t",
    "SELECT a FROM ONLY s.t TABLESAMPLE system ('10'::real) FOR SHARE OF t",
  ],
  [
    `SELECT "xmltable".a FROM XMLTABLE(('"xmltable".a'::text) PASSING (d) COLUMNS a integer PATH ('@a'::text))`,
    `SELECT a FROM XMLTABLE(('"xmltable".a'::text) PASSING (d) COLUMNS a integer PATH ('@a'::text))`,
  ],
  [
    'VALUES (1,(\'"*VALUES*".\'))\n  ORDER BY "*VALUES*".column1 DESC',
    "VALUES (1,('\"*VALUES*\".'))\n  ORDER BY column1 DESC",
  ],
])("%s of one relation loses its name", (query, expected) => {
  expect(unqualified(query)).toBe(expected);
});

test.each([
  "SELECT t.a FROM t, u",
  "SELECT t.a FROM (t JOIN u ON ((t.a = u.a)))",
  "SELECT t.a FROM t UNION SELECT t.a FROM t",
  "VALUES (1), (2)",
  "SELECT ( SELECT t.a FROM t) AS a",
])("%s is left alone", (query) => {
  expect(unqualified(query)).toBe(query);
});
