-- majors: 14-18
-- Extended statistics on expressions, partitions and materialized views.
CREATE SCHEMA far;
CREATE TABLE t (a int, b text, c int);
CREATE TABLE p (k int, v int) PARTITION BY LIST (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE STATISTICS far."Od d" (mcv, ndistinct) ON (a + 1), b, (upper(b)) FROM t;
ALTER STATISTICS far."Od d" SET STATISTICS 0;
CREATE STATISTICS on_part ON k, v FROM p;
CREATE STATISTICS on_leaf ON k, (v + 1) FROM p1;
CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t;
CREATE STATISTICS on_m ON a, b FROM m;
COMMENT ON STATISTICS far."Od d" IS 'it''s odd';
