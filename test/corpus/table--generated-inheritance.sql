-- majors: 16-18
-- Since 16 a child can have another generation expression than its parent.
CREATE TABLE base (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE child (b int GENERATED ALWAYS AS (a * 3) STORED) INHERITS (base);
INSERT INTO base VALUES (1);
INSERT INTO child VALUES (2);
CREATE TABLE part (k int, v int GENERATED ALWAYS AS (k + 1) STORED) PARTITION BY LIST (k);
CREATE TABLE part_1 (v int GENERATED ALWAYS AS (k + 100) STORED, k int);
ALTER TABLE part ATTACH PARTITION part_1 FOR VALUES IN (1);
INSERT INTO part (k) VALUES (1);
