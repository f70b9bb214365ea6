CREATE TABLE t (a int, b int, c text);
INSERT INTO t SELECT g, g / 2, 'x' FROM generate_series(1, 200) g;
CREATE STATISTICS all_kinds ON a, b, c FROM t;
CREATE STATISTICS one_kind (dependencies) ON a, b FROM t;
CREATE STATISTICS two_kinds (ndistinct, mcv) ON b, c FROM t;
ALTER STATISTICS one_kind SET STATISTICS 55;
CREATE SCHEMA other;
CREATE STATISTICS other."odd ""stat""" ON a, c FROM t;
COMMENT ON STATISTICS all_kinds IS 'three';
