CREATE TABLE parent (id int, k text, CONSTRAINT pk PRIMARY KEY (id) INCLUDE (k) WITH (fillfactor = 80), CONSTRAINT u UNIQUE (k) DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE parent ADD CONSTRAINT u2 UNIQUE (id, k) WITH (fillfactor = 60);
CREATE TABLE child (
  id int PRIMARY KEY,
  p int REFERENCES parent ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,
  q int, r text,
  self int REFERENCES child ON DELETE SET DEFAULT,
  CONSTRAINT two FOREIGN KEY (q, r) REFERENCES parent (id, k) MATCH FULL
);
INSERT INTO parent VALUES (1, 'a'), (2, 'b');
INSERT INTO child VALUES (1, 1, 1, 'a', NULL), (2, 2, NULL, NULL, 1);
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE child ADD CONSTRAINT later FOREIGN KEY (q) REFERENCES parent NOT VALID;
ALTER TABLE child ADD CONSTRAINT unchecked CHECK (id > 1) NOT VALID;
ALTER TABLE child ADD CONSTRAINT "odd ""check"" name" CHECK (r <> '--; DROP');
CREATE TABLE booking (room int, during tsrange, EXCLUDE USING gist (during WITH &&) WHERE (room > 0));
ALTER TABLE booking ADD CONSTRAINT named EXCLUDE USING gist (int4range(room, room, '[]') WITH =, during WITH &&) WITH (fillfactor = 90) DEFERRABLE INITIALLY DEFERRED;
INSERT INTO booking VALUES (1, '[2024-01-01,2024-01-02)');
COMMENT ON CONSTRAINT named ON booking IS 'no two at once';
COMMENT ON CONSTRAINT two ON child IS 'both';
-- A cycle of foreign keys.
CREATE TABLE egg (id int PRIMARY KEY, hen int);
CREATE TABLE hen (id int PRIMARY KEY, egg int REFERENCES egg);
INSERT INTO egg VALUES (1, 1);
INSERT INTO hen VALUES (1, 1);
ALTER TABLE egg ADD FOREIGN KEY (hen) REFERENCES hen;
-- A unique index without a constraint, referenced by a foreign key.
CREATE TABLE loose (a int NOT NULL);
CREATE UNIQUE INDEX loose_a ON loose (a);
CREATE TABLE tight (a int REFERENCES loose (a));
