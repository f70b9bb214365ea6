-- Composite types: collations, dropped columns, nesting, no columns, comments on columns, typed tables.
CREATE COLLATION coll FROM "C";
CREATE SCHEMA "Other Schema";
CREATE TYPE point3 AS (x double precision, y double precision, z double precision);
CREATE TYPE mixed AS (
    "Name" text COLLATE coll,
    "order" numeric(10,2),
    "ta""g" character varying(20)[] COLLATE "C",
    p point3,
    ps point3[],
    i interval day to second(3),
    b bit varying(5),
    t timestamp(3) with time zone
);
CREATE TYPE "Other Schema"."Empty;" AS ();
CREATE TYPE shrunk AS (a integer, b text, c integer);
ALTER TYPE shrunk DROP ATTRIBUTE b;
ALTER TYPE shrunk ADD ATTRIBUTE d mixed;
COMMENT ON TYPE point3 IS 'a point';
COMMENT ON COLUMN point3.x IS 'to the right';
COMMENT ON COLUMN mixed."ta""g" IS 'it''s quoted';
COMMENT ON COLUMN shrunk.d IS 'after a dropped one';
COMMENT ON TYPE "Other Schema"."Empty;" IS 'nothing in it';
CREATE TABLE points OF point3;
CREATE TABLE uses (m mixed, e "Other Schema"."Empty;", s shrunk[] DEFAULT ARRAY[]::shrunk[]);
CREATE TABLE source (a integer, b text);
CREATE TYPE of_table AS (one source, many source[]);
CREATE VIEW v AS SELECT (m).p AS p, ((m).p).x AS x FROM uses;
CREATE FUNCTION shift(point3) RETURNS point3 LANGUAGE sql AS $$ SELECT $1 $$;
INSERT INTO points VALUES (1, 2.5, 'NaN'), (NULL, NULL, NULL);
INSERT INTO uses VALUES (
    ROW('it''s, "x"', 1.25, '{a,"b c"}', ROW(1, 2, 3), ARRAY[ROW(1, 2, 3)::point3, NULL], '1 day 02:03:04.005', B'101', '2020-01-01 12:00+02'),
    ROW(), ARRAY[ROW(1, 3, NULL)::shrunk]);
