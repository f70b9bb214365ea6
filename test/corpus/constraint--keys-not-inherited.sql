-- majors: 18
-- ADD PRIMARY KEY refuses a column whose NOT NULL is NO INHERIT, and ALTER CONSTRAINT makes it so.
CREATE TABLE alone (id int PRIMARY KEY, other int CONSTRAINT other_nn NOT NULL);
ALTER TABLE alone ALTER CONSTRAINT alone_id_not_null NO INHERIT;
INSERT INTO alone VALUES (1, 2), (2, 3);
-- Children: with rows that have nulls, with a NOT NULL that was the parent's, and with a key of their own.
CREATE TABLE root (id int CONSTRAINT "id nn" NOT NULL, part int, v text DEFAULT 'v', CONSTRAINT root_key PRIMARY KEY (id, part) INCLUDE (v) WITH (fillfactor = 70));
COMMENT ON CONSTRAINT "id nn" ON root IS 'not of the children';
CREATE TABLE kept () INHERITS (root);
ALTER TABLE root ALTER CONSTRAINT "id nn" NO INHERIT;
ALTER TABLE root ALTER CONSTRAINT root_part_not_null NO INHERIT;
CREATE TABLE nullable (own int) INHERITS (root);
CREATE TABLE keyed (CONSTRAINT keyed_key PRIMARY KEY (id)) INHERITS (root);
ALTER TABLE keyed ALTER CONSTRAINT keyed_id_not_null NO INHERIT;
CREATE TABLE below_keyed () INHERITS (keyed);
CREATE TABLE later (v text, part int, id int);
ALTER TABLE later INHERIT root;
INSERT INTO root VALUES (1, 1, 'a');
INSERT INTO kept VALUES (2, 1, 'b');
INSERT INTO nullable VALUES (NULL, NULL, 'c', 4);
INSERT INTO keyed VALUES (3, NULL, 'd');
INSERT INTO below_keyed VALUES (NULL, NULL, 'e');
INSERT INTO later VALUES ('f', NULL, NULL);
-- A foreign key refers to the older of two equivalent indexes. The key was one that existed.
CREATE TABLE target (id int NOT NULL, x int);
CREATE UNIQUE INDEX target_first ON target (id);
CREATE UNIQUE INDEX target_second ON target (id);
ALTER TABLE target ADD CONSTRAINT target_key PRIMARY KEY USING INDEX target_second;
ALTER TABLE target ALTER CONSTRAINT target_id_not_null NO INHERIT;
CREATE TABLE target_child () INHERITS (target);
ALTER TABLE target REPLICA IDENTITY USING INDEX target_first;
ALTER TABLE target CLUSTER ON target_key;
CREATE TABLE referring (t int REFERENCES target (id));
INSERT INTO target VALUES (1, 1);
INSERT INTO target_child VALUES (NULL, 1);
INSERT INTO referring VALUES (1);
CREATE VIEW grouped AS SELECT id, part, v FROM ONLY root GROUP BY id, part;
-- A partition's own key.
CREATE TABLE parted (k int, v int) PARTITION BY LIST (v);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
ALTER TABLE parted_1 ADD PRIMARY KEY (k);
ALTER TABLE parted_1 ALTER CONSTRAINT parted_1_k_not_null NO INHERIT;
INSERT INTO parted VALUES (1, 1);
