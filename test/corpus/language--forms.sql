-- Languages with user-defined handlers or PostgreSQL's, and transforms for them.
CREATE SCHEMA "L s";
CREATE FUNCTION "L s".call_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION "L s"."Inline"(internal) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION "L s".validate(oid) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE full_pl HANDLER "L s".call_handler INLINE "L s"."Inline" VALIDATOR "L s".validate;
CREATE LANGUAGE "Bare ""pl""" HANDLER "L s".call_handler;
CREATE LANGUAGE builtin_pl HANDLER plpgsql_call_handler VALIDATOR plpgsql_validator;
COMMENT ON LANGUAGE full_pl IS 'a language';
COMMENT ON LANGUAGE "Bare ""pl""" IS 'it''s bare';
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE full_pl AS $$ BEGIN RETURN $1; END $$;
CREATE FUNCTION g() RETURNS integer LANGUAGE "Bare ""pl""" AS $$ BEGIN RETURN 1; END $$;

CREATE TYPE pair AS (a integer, b integer);
CREATE FUNCTION pair_from(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'record_send';
CREATE FUNCTION pair_to(internal) RETURNS pair LANGUAGE internal IMMUTABLE STRICT AS 'record_recv';
CREATE FUNCTION "L s"."date; from"(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'date_send';
CREATE TRANSFORM FOR pair LANGUAGE full_pl (FROM SQL WITH FUNCTION pair_from(internal), TO SQL WITH FUNCTION pair_to(internal));
CREATE TRANSFORM FOR date LANGUAGE full_pl (FROM SQL WITH FUNCTION "L s"."date; from"(internal));
CREATE TRANSFORM FOR pair LANGUAGE "Bare ""pl""" (TO SQL WITH FUNCTION pair_to(internal));
COMMENT ON TRANSFORM FOR pair LANGUAGE full_pl IS 'both ways';
CREATE FUNCTION h(pair, date) RETURNS pair LANGUAGE full_pl
    TRANSFORM FOR TYPE pair, FOR TYPE date STABLE AS $$ BEGIN RETURN $1; END $$;
