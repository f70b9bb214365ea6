-- Every property that columns can have in all majors, with rows.
CREATE SCHEMA shop;
CREATE DOMAIN shop.sku AS varchar(12) CHECK (VALUE ~ '^[A-Z]');
CREATE TABLE shop.goods (
  id bigserial PRIMARY KEY,
  code shop.sku NOT NULL,
  title varchar(64) COLLATE "C" DEFAULT 'no ''title''',
  price numeric(10, 2) DEFAULT 0.00 NOT NULL CHECK (price >= 0),
  tags text[] DEFAULT '{}'::text[],
  stamp timestamptz(3) DEFAULT now(),
  span interval day to second(2),
  bits bit varying(7),
  flag "char",
  total numeric GENERATED ALWAYS AS (price * 2) STORED,
  note text,
  CONSTRAINT both_or_none CHECK ((title IS NULL) = (note IS NULL) OR true)
);
ALTER TABLE shop.goods ALTER COLUMN note SET STORAGE EXTERNAL;
ALTER TABLE shop.goods ALTER COLUMN title SET STATISTICS 500;
ALTER TABLE shop.goods ALTER COLUMN code SET (n_distinct = -0.5, n_distinct_inherited = 100);
ALTER TABLE shop.goods SET (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = off);
COMMENT ON TABLE shop.goods IS E'goods\nwith ''quotes'' and \\ backslash';
COMMENT ON COLUMN shop.goods.price IS 'net';
COMMENT ON CONSTRAINT both_or_none ON shop.goods IS 'a check';
COMMENT ON CONSTRAINT goods_pkey ON shop.goods IS 'a key';
COMMENT ON INDEX shop.goods_pkey IS 'the index of a key';
INSERT INTO shop.goods (code, title, tags, span, bits, flag, note) VALUES
  ('A1', E'tab\there', ARRAY['x', NULL, '"q"'], '1 day 02:03:04.05', B'101', 'x', E'line\nbreak\\.'),
  ('B2', NULL, NULL, NULL, NULL, NULL, NULL),
  ('C3', '', '{}', '-3 days', B'', '', E'\\.');
-- Dropped columns leave holes in attnum.
CREATE TABLE shop.holes (a int, b int, c text, d int DEFAULT 4);
INSERT INTO shop.holes VALUES (1, 2, 'three');
ALTER TABLE shop.holes DROP COLUMN b;
ALTER TABLE shop.holes ADD COLUMN e int DEFAULT 5;
INSERT INTO shop.holes (a, c) VALUES (6, 'seven');
CREATE TABLE shop.nothing ();
INSERT INTO shop.nothing DEFAULT VALUES;
INSERT INTO shop.nothing DEFAULT VALUES;
CREATE TABLE shop.only_generated (a int GENERATED ALWAYS AS (42) STORED);
INSERT INTO shop.only_generated DEFAULT VALUES;
CREATE UNLOGGED TABLE shop.scratch (k int PRIMARY KEY, v text);
INSERT INTO shop.scratch VALUES (1, 'unlogged');
CREATE TYPE shop.pair AS (x int, y text);
CREATE TABLE shop.typed OF shop.pair (x WITH OPTIONS PRIMARY KEY, y DEFAULT 'why' NOT NULL);
INSERT INTO shop.typed VALUES (1, 'one');
CREATE TABLE shop.typed_plain OF shop.pair;
CREATE TABLE shop.wide AS SELECT g AS n, repeat('x', 10) AS t, ARRAY[[1, 2], [3, 4]] AS m, '{"a": [1, null]}'::jsonb AS j,
  '\xdeadbeef'::bytea AS b, 'infinity'::timestamptz AS ts, 'NaN'::float8 AS f, '(1,2)'::point AS p FROM generate_series(1, 50) g;
ALTER TABLE shop.wide REPLICA IDENTITY FULL;
CREATE TABLE shop.silent (a int);
ALTER TABLE shop.silent REPLICA IDENTITY NOTHING;
CREATE TABLE shop.identified (a int NOT NULL, b int NOT NULL UNIQUE);
ALTER TABLE shop.identified REPLICA IDENTITY USING INDEX identified_b_key;
CREATE TABLE shop.clustered (a int PRIMARY KEY, b int);
CREATE INDEX clustered_b ON shop.clustered (b);
ALTER TABLE shop.clustered CLUSTER ON clustered_b;
