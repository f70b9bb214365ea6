-- Aggregates with every option: normal, moving-aggregate mode, ordered-set, hypothetical-set, parallel.
CREATE SCHEMA "A s";
CREATE FUNCTION step(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE FUNCTION unstep(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE FUNCTION finish(integer) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text';
CREATE FUNCTION finish_extra(integer, integer) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text';
CREATE FUNCTION count_up(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1';
CREATE FUNCTION "A s"."St ep"(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1 || $2';
CREATE FUNCTION "A s".least_of(anyarray, anyarray) RETURNS anyarray LANGUAGE sql IMMUTABLE
    AS 'SELECT LEAST($1, $2)';
CREATE FUNCTION step_many(integer, VARIADIC integer[]) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';

CREATE AGGREGATE plain(integer) (SFUNC = step, STYPE = integer);
CREATE AGGREGATE starred(*) (SFUNC = count_up, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE named("va lue" integer) (SFUNC = step, STYPE = integer, INITCOND = '0', SSPACE = 64);
CREATE AGGREGATE finishing(integer) (SFUNC = step, STYPE = integer, FINALFUNC = finish, FINALFUNC_MODIFY = SHAREABLE);
CREATE AGGREGATE finishing_extra(integer) (
    SFUNC = step, STYPE = integer, FINALFUNC = finish_extra, FINALFUNC_EXTRA, FINALFUNC_MODIFY = READ_WRITE);
CREATE AGGREGATE moving(integer) (
    SFUNC = step, STYPE = integer, FINALFUNC = finish, INITCOND = '0', COMBINEFUNC = step,
    MSFUNC = step, MINVFUNC = unstep, MSTYPE = integer, MSSPACE = 128, MFINALFUNC = finish_extra, MFINALFUNC_EXTRA,
    MFINALFUNC_MODIFY = SHAREABLE, MINITCOND = '1', PARALLEL = SAFE);
CREATE AGGREGATE serialized(numeric) (
    SFUNC = numeric_avg_accum, STYPE = internal, FINALFUNC = numeric_avg, COMBINEFUNC = numeric_avg_combine,
    SERIALFUNC = numeric_avg_serialize, DESERIALFUNC = numeric_avg_deserialize, PARALLEL = RESTRICTED);
CREATE AGGREGATE smallest(anyarray) (SFUNC = "A s".least_of, STYPE = anyarray, SORTOP = <);
CREATE AGGREGATE "A s"."Co""ncat"(text) (SFUNC = "A s"."St ep", STYPE = text, INITCOND = 'it''s \ ');
CREATE AGGREGATE percentile(double precision ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE percentile_named(fraction double precision ORDER BY "or der" anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = SHAREABLE);
CREATE AGGREGATE my_mode(ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = mode_final, FINALFUNC_EXTRA);
CREATE AGGREGATE my_rank(VARIADIC "any" ORDER BY VARIADIC "any") (
    SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
CREATE AGGREGATE variadic_concat(VARIADIC integer[]) (SFUNC = step_many, STYPE = integer, INITCOND = '0');

COMMENT ON AGGREGATE plain(integer) IS 'plain';
COMMENT ON AGGREGATE starred(*) IS 'counts';
COMMENT ON AGGREGATE percentile(double precision ORDER BY anyelement) IS 'ordered set';
COMMENT ON AGGREGATE my_rank(VARIADIC "any" ORDER BY VARIADIC "any") IS 'hypothetical';
COMMENT ON AGGREGATE my_mode(ORDER BY anyelement) IS 'only ordered';
COMMENT ON AGGREGATE "A s"."Co""ncat"(text) IS 'it''s hostile';
CREATE VIEW v AS SELECT plain(x) AS p, starred(*) AS s, percentile(0.5) WITHIN GROUP (ORDER BY x) AS m
FROM generate_series(1, 3) AS x;
CREATE VIEW w AS SELECT "A s"."Co""ncat"(x::text) OVER () AS c FROM generate_series(1, 3) AS x;
