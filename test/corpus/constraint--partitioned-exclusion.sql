-- majors: 17-18
-- Exclusion constraints of partitioned tables: their indexes cannot be attached one by one.
CREATE EXTENSION btree_gist;
CREATE TABLE p (k int, r int4range, CONSTRAINT apart EXCLUDE USING gist (k WITH =, r WITH &&) WITH (fillfactor = 70) WHERE (k > 0) DEFERRABLE) PARTITION BY LIST (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2) PARTITION BY RANGE (k);
CREATE TABLE p2a PARTITION OF p2 DEFAULT;
ALTER TABLE p1 ADD CONSTRAINT own EXCLUDE USING gist (r WITH &&);
INSERT INTO p VALUES (1, '[1,5)'), (2, '[1,5)');
COMMENT ON CONSTRAINT apart ON p IS 'never two';
COMMENT ON CONSTRAINT p1_k_r_excl ON p1 IS 'its share';
ALTER TABLE p2a RENAME CONSTRAINT p2a_k_r_excl TO "Renamed";
COMMENT ON CONSTRAINT "Renamed" ON p2a IS 'its share, named otherwise';

-- Names that the server chooses for one another.
CREATE TABLE q (k int, r int4range, CONSTRAINT first EXCLUDE USING gist (k WITH =, r WITH &&),
  CONSTRAINT second EXCLUDE USING gist (k WITH =, r WITH &&) WHERE (k > 5)) PARTITION BY LIST (k);
CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);
ALTER TABLE q1 RENAME CONSTRAINT q1_k_r_excl TO other;
ALTER TABLE q1 RENAME CONSTRAINT q1_k_r_excl1 TO q1_k_r_excl;
ALTER TABLE q1 RENAME CONSTRAINT other TO q1_k_r_excl1;
