-- Equivalent unique indexes: a foreign key depends on one of them, and on the same one after a restore.
CREATE TABLE rack (id int PRIMARY KEY, zone int NOT NULL, shelf int NOT NULL, CONSTRAINT zone_shelf UNIQUE (zone, shelf));
CREATE UNIQUE INDEX a_rack ON rack (id);
CREATE TABLE box (rack int REFERENCES rack, zone int, shelf int, FOREIGN KEY (shelf, zone) REFERENCES rack (shelf, zone));
CREATE UNIQUE INDEX a_shelf ON rack (shelf, zone) INCLUDE (id);
-- Here the index is older than the key over the same columns.
CREATE TABLE label (text text NOT NULL);
CREATE UNIQUE INDEX z_label ON label (text);
CREATE TABLE printed (label text REFERENCES label (text));
ALTER TABLE label ADD CONSTRAINT a_label PRIMARY KEY (text);
-- No foreign key can depend on any of these.
CREATE UNIQUE INDEX b_label ON label (text) WHERE text <> '';
CREATE UNIQUE INDEX c_label ON label (lower(text));
ALTER TABLE label ADD CONSTRAINT d_label UNIQUE (text) DEFERRABLE;
INSERT INTO rack VALUES (1, 2, 3);
INSERT INTO box VALUES (1, 2, 3);
