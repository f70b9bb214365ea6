-- Foreign tables in every form: partitions, children, typed columns, checks, storage, statistics, triggers, identity.
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE SCHEMA far;
CREATE FOREIGN TABLE far.plain (
  a int OPTIONS (column_name 'A', "odd opt" 'it''s') NOT NULL,
  b text COLLATE "C" DEFAULT 'x',
  c numeric(8, 2) GENERATED ALWAYS AS (a * 2) STORED,
  CONSTRAINT positive CHECK (a > 0),
  CONSTRAINT alone CHECK (a < 10) NO INHERIT
) SERVER s OPTIONS (schema_name 'it''s', table_name '"far"');
ALTER FOREIGN TABLE far.plain ALTER COLUMN b SET STORAGE EXTERNAL;
ALTER FOREIGN TABLE far.plain ALTER COLUMN b SET STATISTICS 42;
ALTER FOREIGN TABLE far.plain ALTER COLUMN b SET (n_distinct = 5);
ALTER FOREIGN TABLE far.plain ADD CONSTRAINT later CHECK (b <> '') NOT VALID;
CREATE TABLE parent (id int NOT NULL, v text DEFAULT 'p') ;
CREATE FOREIGN TABLE far.child (extra int) INHERITS (parent) SERVER s;
ALTER FOREIGN TABLE far.child ALTER COLUMN v OPTIONS (ADD column_name 'V');
ALTER FOREIGN TABLE far.child ALTER COLUMN v SET DEFAULT 'c';
CREATE FOREIGN TABLE far.ancestor (id int, note text) SERVER s;
CREATE TABLE local_child (own int) INHERITS (far.ancestor);
INSERT INTO local_child VALUES (1, 'note', 2);
CREATE TABLE parts (k int, v text) PARTITION BY LIST (k);
CREATE TABLE part_local PARTITION OF parts FOR VALUES IN (1);
CREATE FOREIGN TABLE far.part_far PARTITION OF parts (v DEFAULT 'far') FOR VALUES IN (2) SERVER s OPTIONS (t 'x');
CREATE FOREIGN TABLE far.part_other (v text OPTIONS (n 'y'), k int) SERVER s;
ALTER TABLE parts ATTACH PARTITION far.part_other DEFAULT;
CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;
CREATE TRIGGER on_far AFTER INSERT ON far.plain FOR EACH ROW EXECUTE FUNCTION noop();
CREATE TRIGGER everywhere AFTER INSERT ON parts FOR EACH ROW EXECUTE FUNCTION noop();
ALTER FOREIGN TABLE far.part_far DISABLE TRIGGER everywhere;
CREATE FOREIGN TABLE far.numbered (id int GENERATED ALWAYS AS IDENTITY, n int DEFAULT 5) SERVER s;
CREATE FOREIGN TABLE far.nothing () SERVER s;
CREATE VIEW on_far AS SELECT a, c FROM far.plain;
CREATE STATISTICS far.st ON a, b FROM far.plain;
COMMENT ON CONSTRAINT positive ON far.plain IS 'a check';
COMMENT ON TRIGGER on_far ON far.plain IS 'a trigger';
