-- majors: 14-18
-- A sequence has no type of its own, but cannot be created where a type has its name.
CREATE SEQUENCE mood;
CREATE SEQUENCE _mood;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE SEQUENCE "part s";
CREATE DOMAIN "part s" AS integer CHECK (VALUE > 0);
CREATE TABLE t (a mood, b "part s" DEFAULT nextval('"part s"'));
ALTER SEQUENCE "part s" OWNED BY t.b;
CREATE SEQUENCE shown;
CREATE FUNCTION shown_in(cstring) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE TYPE shown;
INSERT INTO t VALUES ('ok');
-- A multirange type is created with its range, and can be in another schema.
CREATE SCHEMA "M s";
CREATE SEQUENCE "M s".times;
CREATE TYPE a_range AS RANGE (subtype = time, multirange_type_name = "M s".times);
CREATE SEQUENCE b_multirange;
CREATE TYPE b_range AS RANGE (subtype = integer);
-- The table of an identity column can have columns of the type.
CREATE TABLE numbered (id smallint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "Num" START 7));
CREATE TYPE "Num" AS ENUM ('one');
ALTER TABLE numbered ADD n "Num"[] DEFAULT '{one}';
INSERT INTO numbered DEFAULT VALUES;
GRANT SELECT ON SEQUENCE "Num" TO PUBLIC;
