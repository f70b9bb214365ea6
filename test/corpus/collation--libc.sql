-- Collations of the C library.
CREATE SCHEMA "Co s";
CREATE COLLATION plain (LOCALE = 'C');
CREATE COLLATION "Co s"."Po;six" (provider = libc, lc_collate = 'POSIX', lc_ctype = 'C');
CREATE COLLATION copied FROM "C";
COMMENT ON COLLATION "Co s"."Po;six" IS 'it''s mixed';
CREATE TABLE t (a text COLLATE plain, b text COLLATE "Co s"."Po;six");
CREATE INDEX i ON t (a COLLATE copied);
CREATE VIEW v AS SELECT a COLLATE "Co s"."Po;six" AS a FROM t;
