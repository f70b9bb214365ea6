-- majors: 14-18
-- Multirange types: named by the user or the server, in another schema, used by columns, functions and casts.
CREATE SCHEMA "M s";
CREATE TYPE fr AS RANGE (subtype = float8, multirange_type_name = "Floats; many");
CREATE TYPE tr AS RANGE (subtype = time, multirange_type_name = "M s".times);
CREATE TYPE myrange AS RANGE (subtype = integer);
-- The server truncates the name of the second multirange type in the middle of a character.
CREATE TYPE "шшшшшшшшшшшшшшшшшшшшшшшшшшx" AS RANGE (subtype = text);
CREATE TYPE "xшшшшшшшшшшшшшшшшшшшшшшшшшшш" AS RANGE (subtype = text);
CREATE TABLE t (
    a "Floats; many" DEFAULT "Floats; many"(fr(1, 2), fr(3, 4)),
    b "M s".times[],
    c mymultirange DEFAULT '{[1,2)}',
    d mymultirange DEFAULT myrange(1, 2)::mymultirange
);
CREATE FUNCTION total("Floats; many") RETURNS float8 LANGUAGE sql AS $$ SELECT 0::float8 $$;
CREATE VIEW v AS SELECT range_agg(fr(a, a + 1)) AS r FROM (VALUES (1.0::float8)) AS x(a);
COMMENT ON TYPE fr IS 'with a named multirange';
COMMENT ON TYPE "M s".times IS 'a multirange type can be commented on by itself';
INSERT INTO t (a, b) VALUES ('{[1,2),(3,4]}', ARRAY['{[09:00,10:00)}', '{}']::"M s".times[]), ('{}', NULL);
