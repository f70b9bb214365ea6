-- Columns with the same expression, by all of which a query groups, sorts or is distinct.
CREATE TABLE t (id int, "A b" text, n numeric(10,2));
CREATE VIEW grouped AS SELECT id AS a, id AS b, "A b" AS c, "A b" AS d, lower("A b") AS "E e", id + 1 AS f, lower("A b") AS g, id + 1 AS h, n::text AS i, n::text AS j, id AS k, count(*) AS l FROM t GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 HAVING count(*) > 0;
CREATE VIEW by_name AS SELECT x.id AS a, y.n, x.id AS b FROM t x JOIN t y ON x.id = y.id GROUP BY a, y.n, b;
CREATE VIEW constants AS SELECT 1 AS a, 1 AS b, 'x' AS c, 'x' AS d, true AS e, true AS f, 1.5 AS g, 1.5 AS h, NULL::date AS i, NULL::date AS j FROM t GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
CREATE VIEW sorted AS SELECT id AS a, "A b" AS b, id AS c, upper("A b") AS d, upper("A b") AS e, "A b" AS f FROM t ORDER BY 1 DESC, 2 USING ~<~, 3, 4 DESC NULLS LAST, 5 NULLS FIRST, 6;
CREATE VIEW distinct_on AS SELECT DISTINCT ON (1, 2, 3) id AS a, lower("A b") AS b, id AS c, n FROM t ORDER BY 1, 2, 3, n;
CREATE VIEW inside AS SELECT q.a, (SELECT max(r.a) FROM (SELECT id AS a, id AS b FROM t GROUP BY 1, 2) r) AS m FROM (SELECT id AS a, n AS b, id AS c FROM t GROUP BY 1, 2, 3 UNION ALL (SELECT 1, 2, 1 FROM t GROUP BY 1, 2, 3 ORDER BY 1, 2, 3) ORDER BY 1, 2) q GROUP BY q.a;
CREATE VIEW sets AS SELECT id AS a, id AS b, n FROM t GROUP BY 1, 2, ROLLUP (n, id);
CREATE MATERIALIZED VIEW filled AS WITH w AS (SELECT id AS a, id AS b FROM t GROUP BY 1, 2) SELECT w.a, w.a AS b FROM w GROUP BY 1, 2 WITH NO DATA;
CREATE RULE r AS ON INSERT TO sorted DO INSTEAD INSERT INTO t (id, n) SELECT new.a AS x, new.a AS y FROM t GROUP BY 1, 2;
CREATE VIEW cases AS SELECT CASE WHEN n > 1 THEN id END AS a, CASE WHEN n > 1 THEN id END AS b FROM t GROUP BY 1, 2 ORDER BY 1, 2;
CREATE VIEW cases_on AS SELECT DISTINCT ON (1, 2) CASE WHEN n > 1 THEN id ELSE 1 END AS a, CASE WHEN n > 1 THEN id ELSE 1 END AS b FROM t ORDER BY 1, 2;
