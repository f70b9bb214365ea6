-- Functions in every form: arguments, results, attributes, settings, languages, bodies that are hard to quote.
CREATE SCHEMA "F s";
CREATE TYPE "F s"."none" AS ENUM ();
CREATE TYPE pair AS (a integer, "B" text);
CREATE TABLE goods (id integer, name text);
CREATE FUNCTION nothing() RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION add(a integer, b integer DEFAULT 1) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 5 AS 'SELECT a + b';
CREATE FUNCTION add(a text, "select" text DEFAULT 'it''s'::text) RETURNS text LANGUAGE sql STABLE AS 'SELECT a || "select"';
CREATE FUNCTION modes(IN a integer, OUT b integer, INOUT c text, VARIADIC d numeric[] DEFAULT ARRAY[1, 2.5])
    LANGUAGE plpgsql AS $$ BEGIN b := a; END $$;
CREATE FUNCTION anything(VARIADIC "any") RETURNS integer LANGUAGE internal IMMUTABLE AS 'pg_num_nonnulls';
CREATE FUNCTION poly(anyelement, anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION returns_table(n integer) RETURNS TABLE(id integer, "Na me" text) LANGUAGE sql ROWS 10
    AS $$ SELECT 1, 'x' $$;
CREATE FUNCTION returns_set() RETURNS SETOF goods LANGUAGE sql STABLE COST 1234567 ROWS 7654321 AS $$ SELECT * FROM goods $$;
CREATE FUNCTION returns_record(OUT x integer, OUT y pair) RETURNS SETOF record LANGUAGE sql AS $$ SELECT 1, NULL::pair $$;
CREATE FUNCTION tiny_cost() RETURNS integer LANGUAGE sql COST 0.0025 AS 'SELECT 1';
CREATE FUNCTION zero_rows() RETURNS SETOF integer LANGUAGE sql ROWS 1 AS 'SELECT 1';
CREATE FUNCTION definer() RETURNS integer LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', '$user', "F s", pg_temp
    SET work_mem TO '64MB'
    SET "DateStyle" TO 'ISO, DMY'
    SET "my.Setting" TO 'it''s, quoted "so"'
    SET temp_tablespaces TO ''
    SET enable_seqscan TO off
    PARALLEL RESTRICTED
    AS 'SELECT 1';
CREATE FUNCTION empty_path() RETURNS integer LANGUAGE sql SET search_path TO '' AS 'SELECT 1';
CREATE FUNCTION supported(text, text) RETURNS boolean LANGUAGE internal IMMUTABLE SUPPORT textlike_support AS 'textlike';
CREATE FUNCTION internal_cost(integer) RETURNS integer LANGUAGE internal COST 100 AS 'int4abs';
CREATE FUNCTION ranker() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE AS 'window_row_number';
CREATE FUNCTION quoting() RETURNS text LANGUAGE plpgsql AS $body$
DECLARE
    a text := $$inner$$;
    b text := $_$other$_$;
BEGIN
    RETURN 'it''s \ here' || $x$ $ $x$; -- ends in a dollar $
END $body$;
CREATE FUNCTION dollar_end() RETURNS text LANGUAGE sql AS 'SELECT ''$''::text AS "$"';
CREATE FUNCTION backslash() RETURNS text LANGUAGE sql AS E'SELECT \'a\\\\b\'::text\r\n';
CREATE FUNCTION "F s"."Fun (ction)"("Arg,ument" integer[], "F s" "F s"."none") RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE FUNCTION takes_type(goods, pair[], goods.name%TYPE) RETURNS goods LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION does_not_parse() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN gone.gone(); END $$;
CREATE FUNCTION defaults(a timestamptz DEFAULT now(), b pair DEFAULT ROW(1, 'x')::pair, c text DEFAULT NULL, d integer DEFAULT add(1, 2))
    RETURNS integer LANGUAGE sql AS 'SELECT 1';

COMMENT ON FUNCTION add(integer, integer) IS 'adds';
COMMENT ON FUNCTION add(text, text) IS 'joins
lines';
COMMENT ON FUNCTION modes(integer, text, numeric[]) IS 'by input arguments';
COMMENT ON FUNCTION nothing() IS 'none';
COMMENT ON FUNCTION anything("any") IS 'variadic';
COMMENT ON FUNCTION "F s"."Fun (ction)"(integer[], "F s"."none") IS 'hostile';
