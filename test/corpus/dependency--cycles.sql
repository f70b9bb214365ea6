-- Objects that depend on each other, and others that an order by name would create in the wrong order.
CREATE TABLE t (id int PRIMARY KEY, v text);
CREATE FUNCTION next_t(t) RETURNS int LANGUAGE sql AS 'SELECT $1.id + 1';
CREATE FUNCTION count_t() RETURNS int LANGUAGE plpgsql AS $$ DECLARE r t%rowtype; BEGIN RETURN (SELECT count(*) FROM t); END $$;
CREATE FUNCTION dflt_t(r t DEFAULT NULL) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 7';
-- In two steps: later minor releases refuse to add a column with a default while the row type is in use.
ALTER TABLE t ADD COLUMN n int;
ALTER TABLE t ALTER COLUMN n SET DEFAULT dflt_t();
ALTER TABLE t ADD CONSTRAINT own_row CHECK (dflt_t(NULL::t) > 0);
INSERT INTO t VALUES (1, 'x');
CREATE TABLE zz_first (a int);
CREATE VIEW aa_view AS SELECT * FROM zz_first;
CREATE FUNCTION aa_func(zz_first) RETURNS SETOF aa_view LANGUAGE sql AS 'SELECT * FROM aa_view';
CREATE TYPE zz_type AS (x int);
CREATE DOMAIN yy_domain AS zz_type[] CHECK (array_length(VALUE, 1) < 9);
CREATE DOMAIN xx_domain AS yy_domain;
CREATE TABLE aa_table (a xx_domain, b xx_domain[]);
INSERT INTO aa_table VALUES (ARRAY[ROW(1)::zz_type], NULL);
CREATE FUNCTION zz_check(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
CREATE DOMAIN aa_domain AS int CHECK (zz_check(VALUE));
CREATE TABLE aa_uses (a aa_domain, b int CHECK (zz_check(b)), c int GENERATED ALWAYS AS (CASE WHEN zz_check(b) THEN 1 END) STORED);
INSERT INTO aa_uses VALUES (1, 2);
CREATE INDEX aa_idx ON aa_uses (zz_check(b));
CREATE VIEW mixed AS SELECT (f).* FROM (SELECT ROW(1)::zz_type AS f) s;
