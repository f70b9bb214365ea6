-- majors: 14-18
-- Bodies in standard SQL and defaults that refer to what refers to their functions: possible by CREATE OR REPLACE.
CREATE FUNCTION even(n int) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION odd(n int) RETURNS boolean LANGUAGE sql RETURN n <> 0 AND even(n - 1);
CREATE OR REPLACE FUNCTION even(n int) RETURNS boolean LANGUAGE sql RETURN n = 0 OR odd(n - 1);
COMMENT ON FUNCTION even(int) IS 'calls odd()';
CREATE FUNCTION ping(n int) RETURNS void LANGUAGE sql AS '';
CREATE PROCEDURE pong(n int) LANGUAGE sql BEGIN ATOMIC SELECT ping(n); END;
CREATE OR REPLACE FUNCTION ping(n int) RETURNS void LANGUAGE sql BEGIN ATOMIC SELECT odd(n); END;
CREATE FUNCTION first_of(a int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION second_of(a int DEFAULT first_of()) RETURNS int LANGUAGE sql AS 'SELECT a';
CREATE OR REPLACE FUNCTION first_of(a int DEFAULT second_of(2)) RETURNS int LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION sum_step(state int, value int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT state + value';
CREATE AGGREGATE total(int) (SFUNC = sum_step, STYPE = int, INITCOND = '0');
CREATE OR REPLACE FUNCTION sum_step(state int, value int) RETURNS int LANGUAGE sql IMMUTABLE
  RETURN state + CASE WHEN value < 0 THEN (SELECT total(v) FROM (VALUES (1)) AS x(v)) ELSE value END;
CREATE FUNCTION add_up(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE OPERATOR |+| (LEFTARG = int, RIGHTARG = int, FUNCTION = add_up);
CREATE OR REPLACE FUNCTION add_up(int, int) RETURNS int LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN $1 = 0 THEN $2 ELSE ($1 - 1) OPERATOR(public.|+|) ($2 + 1) END;
-- The rows are computed by the body, not by what stands in for it.
CREATE TABLE counted (a int, twice int GENERATED ALWAYS AS (add_up(a, a)) STORED, CHECK (even(0)));
INSERT INTO counted VALUES (1), (2);
-- A table of a row type that a body reads.
CREATE OR REPLACE FUNCTION add_up(int, int) RETURNS int LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN $1 = -1 THEN (SELECT count(*)::int FROM counted) WHEN $1 = 0 THEN $2 ELSE ($1 - 1) OPERATOR(public.|+|) ($2 + 1) END;
