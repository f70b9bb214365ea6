-- Range types with every option, uses of their constructors; canonical functions, which need a shell type first.
CREATE COLLATION coll FROM "C";
CREATE TYPE floatrange AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TYPE textrange AS RANGE (subtype = text, collation = coll, subtype_opclass = text_pattern_ops);
CREATE TYPE varcharrange AS RANGE (subtype = pg_catalog.varchar, collation = "POSIX");
CREATE SCHEMA "R s";
CREATE FUNCTION "R s"."Diff"(time, time) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT EXTRACT(EPOCH FROM ($1 - $2))::float8 $$;
CREATE TYPE "R s"."Time Range" AS RANGE (subtype = time, subtype_diff = "R s"."Diff");

CREATE TYPE steps;
CREATE FUNCTION steps_canonical(steps) RETURNS steps LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE TYPE steps AS RANGE (subtype = integer, canonical = steps_canonical, subtype_diff = int4range_subdiff);

CREATE TYPE pair AS (a integer, b integer);
CREATE TYPE pairrange AS RANGE (subtype = pair);
CREATE DOMAIN floatrange_d AS floatrange CHECK (NOT isempty(VALUE));

COMMENT ON TYPE floatrange IS 'from a float to a float';
COMMENT ON TYPE "R s"."Time Range" IS 'part of a day';

CREATE TABLE spans (
    a floatrange DEFAULT floatrange(0, 1),
    b textrange DEFAULT textrange('a', 'b', '[]'),
    c "R s"."Time Range"[],
    d steps DEFAULT '[1,3]',
    e pairrange,
    EXCLUDE USING gist (a WITH &&)
);
CREATE VIEW v AS SELECT lower("R s"."Time Range"('09:00', '17:00')) AS morning;
CREATE FUNCTION mid(floatrange) RETURNS float8 LANGUAGE sql AS $$ SELECT (lower($1) + upper($1)) / 2 $$;
INSERT INTO spans VALUES ('[1,2)', '[a,"b c"]', ARRAY['[09:00,10:00)', 'empty']::"R s"."Time Range"[], '(1,5)', '["(1,2)","(3,4)")'), ('(,0]', NULL, '{}', 'empty', NULL);
