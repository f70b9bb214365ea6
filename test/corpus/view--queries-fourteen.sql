-- majors: 14-18
-- Syntax of queries since PostgreSQL 14: SEARCH, CYCLE, an alias of USING, GROUP BY DISTINCT.
CREATE TABLE t (id int, up int, "a b" text);
CREATE VIEW depth AS WITH RECURSIVE r AS (SELECT id, up FROM t UNION ALL SELECT t.id, t.up FROM t, r WHERE t.up = r.id) SEARCH DEPTH FIRST BY id, up SET ord SELECT id FROM r ORDER BY ord;
CREATE VIEW cycles AS WITH RECURSIVE r AS (SELECT id, up FROM t UNION ALL SELECT t.id, t.up FROM t, r WHERE t.up = r.id) CYCLE id SET looped TO 'Y' DEFAULT 'N' USING way SELECT id, looped FROM r;
CREATE VIEW aliased AS SELECT "b oth"."a b" FROM t JOIN t AS u USING ("a b") AS "b oth";
CREATE VIEW grouped AS SELECT id, up, count(*) FROM t GROUP BY DISTINCT ROLLUP (id, up), ROLLUP (id);
