-- majors: 18
CREATE EXTENSION btree_gist;
CREATE TABLE span (id int, during tsrange NOT NULL, CONSTRAINT span_pk PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE span_ref (id int, during tsrange, CONSTRAINT ref FOREIGN KEY (id, PERIOD during) REFERENCES span (id, PERIOD during));
INSERT INTO span VALUES (1, '[2024-01-01,2025-01-01)');
INSERT INTO span_ref VALUES (1, '[2024-02-01,2024-03-01)');
CREATE TABLE lax2 (x int PRIMARY KEY);
CREATE TABLE lax (a int, b int, CONSTRAINT not_checked CHECK (a > 0) NOT ENFORCED);
ALTER TABLE lax ADD CONSTRAINT fk_lax FOREIGN KEY (a) REFERENCES lax2 (x) NOT ENFORCED;
INSERT INTO lax VALUES (-1, 1);
CREATE TABLE nn (a int CONSTRAINT named_nn NOT NULL, b int NOT NULL NO INHERIT, c int, d int CONSTRAINT nn_d_not_null NOT NULL);
INSERT INTO nn VALUES (1, 2, NULL, 4);
ALTER TABLE nn ADD CONSTRAINT c_later NOT NULL c NOT VALID;
COMMENT ON CONSTRAINT nn_d_not_null ON nn IS 'd is needed';
COMMENT ON CONSTRAINT c_later ON nn IS 'c will be';
CREATE TABLE nn_child (a int CONSTRAINT own_name NOT NULL) INHERITS (nn);
CREATE TABLE nn_child2 () INHERITS (nn);
ALTER TABLE nn_child2 ADD CONSTRAINT local_b NOT NULL b;
CREATE TABLE np (k int CONSTRAINT np_k NOT NULL, v int) PARTITION BY LIST (k);
CREATE TABLE np1 PARTITION OF np FOR VALUES IN (1);
CREATE TABLE virt (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL, c int GENERATED ALWAYS AS (a + 2) STORED);
INSERT INTO virt VALUES (1);
-- LIKE copies the name of a NOT NULL constraint, which must then be written out for the original table too.
CREATE TABLE original (a int NOT NULL, b int PRIMARY KEY);
CREATE TABLE a_copy (LIKE original);
