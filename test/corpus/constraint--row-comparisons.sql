-- Conditions that the server nests, and arrays that it casts as a whole.
CREATE DOMAIN code AS text;
CREATE TABLE t (a int, b int, c boolean, n numeric, d date, v varchar(20), k code,
  CHECK (((a, b) <> (1, 2)) OR c),
  CHECK (((a, b) = (1, 2) AND c) OR (a BETWEEN SYMMETRIC 3 AND 1 OR c)),
  CHECK (n = ANY (ARRAY[1, 2])),
  CHECK (v IN ('a'::varchar(20), 'b'::varchar(20))),
  CHECK (k = ANY (ARRAY['a'::code, 'b'::code])));
CREATE VIEW w AS SELECT a FROM t WHERE ((a, b) = (b, a)) AND c AND EXISTS (SELECT -1, NULL, 'x' FROM t);
CREATE INDEX ON t (a) WHERE (((a, b) <> (2, 1)) OR c) AND n <> ALL (ARRAY[3, 4]);
INSERT INTO t VALUES (1, 3, true, 1, '2024-01-01', 'a', 'b');
CREATE TABLE nested (v varchar(7)[], CHECK (v::text <> ALL (ARRAY['{q}'::varchar(7)[]]::text[])));
