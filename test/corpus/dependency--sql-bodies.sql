-- majors: 14-18
-- SQL-standard function bodies depend on what they use, including a primary key, which is created after the data.
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'x'), (2, 'y');
CREATE FUNCTION grouped() RETURNS TABLE (id int, v text, n bigint) LANGUAGE sql BEGIN ATOMIC SELECT t.id, t.v, count(*) FROM t GROUP BY t.id; END;
CREATE FUNCTION plain(a int) RETURNS int LANGUAGE sql RETURN a + (SELECT count(*) FROM t)::int;
CREATE VIEW over_function AS SELECT * FROM grouped();
CREATE PROCEDURE aa_proc() LANGUAGE sql BEGIN ATOMIC INSERT INTO t SELECT plain(5), 'p'; END;
CREATE TABLE with_default (a int DEFAULT plain(1), b text);
INSERT INTO with_default VALUES (1, 'row');
