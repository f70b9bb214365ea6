-- majors: 14-18
-- A sequence has no type of its own, but cannot be created where a type has its name.
CREATE SEQUENCE mood;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE SEQUENCE "part s";
CREATE DOMAIN "part s" AS integer CHECK (VALUE > 0);
CREATE TABLE t (a mood, b "part s" DEFAULT nextval('"part s"'));
ALTER SEQUENCE "part s" OWNED BY t.b;
CREATE SEQUENCE shown;
CREATE FUNCTION shown_in(cstring) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE TYPE shown;
INSERT INTO t VALUES ('ok');
