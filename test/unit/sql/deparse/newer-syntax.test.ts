import { expect, test } from "vitest";
import { newerSyntax } from "../../../../src/sql/deparse/newer-syntax.ts";

test.each<[sql: string, codes: string[]]>([
  ["SELECT a FROM t", []],
  ["WITH RECURSIVE r AS (SELECT 1) SEARCH DEPTH FIRST BY id SET seq SELECT 1", ["search-or-cycle"]],
  ["… SEARCH BREADTH FIRST BY id SET seq", ["search-or-cycle"]],
  ["WITH RECURSIVE r AS (SELECT 1) CYCLE id SET is_cycle USING path", ["search-or-cycle"]],
  ["SELECT j.id FROM (a JOIN b USING (id, n) AS j)", ["join-using-alias"]],
  ["SELECT id FROM (a JOIN b USING (id))", []],
  ["SELECT count(*) FROM t GROUP BY DISTINCT ROLLUP(a)", ["group-by-distinct"]],
  ["BEGIN ATOMIC\n MERGE INTO t USING s ON (t.a = s.a)\nEND", ["merge"]],
  [
    "MERGE INTO t USING s ON (t.a = s.a) WHEN NOT MATCHED BY SOURCE THEN DELETE",
    ["merge", "merge-by-source"],
  ],
  ["CHECK ((a IS JSON))", ["json-constructors"]],
  ["CHECK ((a IS NOT JSON OBJECT))", ["json-constructors"]],
  ["SELECT JSON_ARRAYAGG(a)", ["json-constructors"]],
  ["SELECT JSON_OBJECT('a' : 1), JSON_VALUE(j, '$')", ["json-constructors", "json-queries"]],
  ["SELECT JSON('{}'), JSON_SERIALIZE(j)", ["json-queries"]],
  ["SELECT * FROM JSON_TABLE(j, '$' COLUMNS (a int))", ["json-queries"]],
  ["SELECT lag(a) IGNORE NULLS OVER (ORDER BY b)", ["ignore-nulls"]],
  ["SELECT lag(a) OVER w, ignore nulls FROM ignore", []],
  ["INSERT INTO t VALUES (1)\n  ON CONFLICT(a) DO SELECT FOR UPDATE", ["on-conflict-select"]],
  ["INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING; CREATE RULE r DO SELECT 1", []],
  ["CREATE RULE r AS ON INSERT TO t DO SELECT 1", []],
  ["SELECT JSON_ARRAY(SELECT a FROM t)", ["json-constructors", "json-array-of-query"]],
  ["SELECT JSON_ARRAY( VALUES (1))", ["json-constructors", "json-array-of-query"]],
  ["SELECT JSON_ARRAY(a, (SELECT 1))", ["json-constructors"]],
  // Names in small letters, and whatever is quoted.
  ["SELECT json_array(a), json_table(b)", []],
  [`SELECT 'IS JSON, MERGE INTO x', "JSON_ARRAY("(1), $$ GROUP BY DISTINCT $$`, []],
  [`SELECT "IS JSON" FROM t WHERE (a IS JSON)`, ["json-constructors"]],
])("%s", (sql, codes) => {
  expect(newerSyntax(sql)).toEqual(codes);
});
