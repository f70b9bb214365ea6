-- majors: 13-15
-- Up to 15 a column of a child or partition can be generated although its parent's is not.
CREATE TABLE base (a int, b int);
CREATE TABLE child (b int GENERATED ALWAYS AS (a * 3) STORED) INHERITS (base);
INSERT INTO child VALUES (2);
CREATE TABLE part (k int, v int) PARTITION BY LIST (k);
CREATE TABLE part_1 (v int GENERATED ALWAYS AS (k + 100) STORED, k int);
ALTER TABLE part ATTACH PARTITION part_1 FOR VALUES IN (1);
INSERT INTO part_1 (k) VALUES (1);
