-- Base types with every option, arrays of them, and shell types that were never defined.
CREATE SCHEMA "B s";
CREATE TYPE text2;
CREATE FUNCTION text2_in(cstring) RETURNS text2 LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION text2_out(text2) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION text2_recv(internal) RETURNS text2 LANGUAGE internal STABLE STRICT AS 'textrecv';
CREATE FUNCTION text2_send(text2) RETURNS bytea LANGUAGE internal STABLE STRICT AS 'textsend';
-- A function that reports that there are no statistics to collect.
CREATE FUNCTION text2_analyze(internal) RETURNS boolean LANGUAGE internal STRICT AS 'pg_is_in_recovery';
CREATE TYPE text2 (
    INPUT = text2_in, OUTPUT = text2_out, RECEIVE = text2_recv, SEND = text2_send, ANALYZE = text2_analyze,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended,
    CATEGORY = 'S', PREFERRED = false, DEFAULT = 'it''s', DELIMITER = ';', COLLATABLE = true
);
COMMENT ON TYPE text2 IS 'a second text';

CREATE TYPE "B s"."Var Char";
CREATE FUNCTION "B s"."In"(cstring, oid, integer) RETURNS "B s"."Var Char" LANGUAGE internal IMMUTABLE STRICT AS 'varcharin';
CREATE FUNCTION "B s"."Out"("B s"."Var Char") RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varcharout';
CREATE FUNCTION "B s"."Mod in"(cstring[]) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodin';
CREATE FUNCTION "B s"."Mod out"(integer) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';
CREATE TYPE "B s"."Var Char" (
    INPUT = "B s"."In", OUTPUT = "B s"."Out", TYPMOD_IN = "B s"."Mod in", TYPMOD_OUT = "B s"."Mod out",
    STORAGE = main, CATEGORY = 'X', PREFERRED = true, DEFAULT = 'x'
);

CREATE TYPE long;
CREATE FUNCTION long_in(cstring) RETURNS long LANGUAGE internal IMMUTABLE STRICT AS 'int8in';
CREATE FUNCTION long_out(long) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int8out';
CREATE TYPE long (INPUT = long_in, OUTPUT = long_out, INTERNALLENGTH = 8, PASSEDBYVALUE, ALIGNMENT = double, DEFAULT = 42);

CREATE TYPE tiny;
CREATE FUNCTION tiny_in(cstring) RETURNS tiny LANGUAGE internal IMMUTABLE STRICT AS 'charin';
CREATE FUNCTION tiny_out(tiny) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'charout';
CREATE TYPE tiny (INPUT = tiny_in, OUTPUT = tiny_out, LIKE = "char");

CREATE TYPE dot;
CREATE FUNCTION dot_in(cstring) RETURNS dot LANGUAGE internal IMMUTABLE STRICT AS 'point_in';
CREATE FUNCTION dot_out(dot) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'point_out';
CREATE TYPE dot (INPUT = dot_in, OUTPUT = dot_out, INTERNALLENGTH = 16, ALIGNMENT = double, ELEMENT = float8);

CREATE TYPE short2;
CREATE FUNCTION short2_in(cstring) RETURNS short2 LANGUAGE internal IMMUTABLE STRICT AS 'int2in';
CREATE FUNCTION short2_out(short2) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int2out';
CREATE TYPE short2 (INPUT = short2_in, OUTPUT = short2_out, INTERNALLENGTH = 2, PASSEDBYVALUE, ALIGNMENT = int2);

CREATE TYPE "B s"."never ""filled""";
CREATE FUNCTION takes_a_shell("B s"."never ""filled""") RETURNS integer LANGUAGE internal AS 'int4abs';
COMMENT ON TYPE "B s"."never ""filled""" IS 'only a name';

CREATE TABLE t (
    a text2 COLLATE "C" DEFAULT 'x',
    b "B s"."Var Char"(10)[],
    c long,
    d tiny,
    e dot,
    f short2[]
);
CREATE DOMAIN long_d AS long DEFAULT '7';
CREATE FUNCTION use(text2, long[]) RETURNS "B s"."Var Char" LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
INSERT INTO t VALUES ('a;b', '{x,"y z"}', '5', 'x', '(1,2)', '{1,-2}'), ('it''s \', NULL, '-1', NULL, NULL, NULL);
-- These have their defaults from the types, and one has none.
CREATE DOMAIN as_text2 AS text2;
CREATE DOMAIN as_long AS long;
CREATE DOMAIN as_long_too AS as_long;
CREATE DOMAIN without_default AS long;
ALTER DOMAIN without_default DROP DEFAULT;
