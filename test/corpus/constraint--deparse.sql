-- Expressions whose deparsed text does not parse back to the same tree.
CREATE TABLE t (
  a varchar(16) CHECK (a IN ('x', 'y', 'it''s', 'b (c) AND (d)')),
  b varchar CHECK (b NOT IN ('n', 'm')),
  c int CHECK (c BETWEEN 0 AND 65535 AND c <> 7),
  d int,
  e text DEFAULT 'ANY ((ARRAY[''x''::character varying])::text[])',
  f timestamptz CHECK (f BETWEEN '2000-01-01' AND '2100-01-01 00:00:00+00' AND f IS NOT NULL),
  g numeric CHECK ((g BETWEEN 0 AND 1 AND g > 0.5) OR g BETWEEN 5 AND 6 OR g IS NULL),
  CONSTRAINT ports CHECK ((c IS NULL AND d IS NULL) OR (c BETWEEN 0 AND 9 AND d BETWEEN c AND (c + 5) AND c <= d)),
  CONSTRAINT flat CHECK (c >= 0 AND c <= 9 AND d > 1 OR c IS NULL),
  CONSTRAINT two CHECK (c >= 0 AND c <= 9),
  CONSTRAINT every CHECK (c >= ALL (ARRAY[1, 2]) AND c <= ALL (ARRAY[8, 9]))
);
INSERT INTO t VALUES ('x', 'o', NULL, NULL, DEFAULT, '2020-01-01', NULL);
CREATE DOMAIN dom AS varchar(8) CHECK (VALUE IN ('p', 'q'));
CREATE DOMAIN num AS int CHECK (VALUE BETWEEN 1 AND 9 AND VALUE <> 5);
CREATE VIEW v AS SELECT a, c BETWEEN 1 AND 2 AND d > 3 AS both_ways FROM t WHERE a IN ('x', 'y') AND (b NOT IN ('z') OR f BETWEEN now() AND now() + '1 day');
CREATE INDEX i ON t (c) WHERE a IN ('x', 'y') AND c BETWEEN 1 AND 5;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((new.c >= 1) AND (new.c <= 2)) THEN RETURN NULL; END IF; RETURN new; END $$;
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (new.a IN ('x') AND new.c BETWEEN 1 AND 2 AND true) EXECUTE FUNCTION f('((q >= 1) AND (q <= 2))');
CREATE POLICY p ON t USING (a IN ('x', 'y') AND c BETWEEN 1 AND 5 AND d > 0);
CREATE MATERIALIZED VIEW m AS SELECT * FROM t WHERE c BETWEEN 1 AND 3 AND d = 1;
CREATE VIEW parts AS SELECT extract('Epoch' FROM f) AS epoch, extract(YEAR FROM f) AS year, 'EXTRACT(YEAR FROM f)' AS text FROM t;
