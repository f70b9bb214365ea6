-- majors: 13-15
-- Up to 15 a column can be generated in one of two parents, when ALTER TABLE … INHERIT gives the child both.
CREATE TABLE one (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE two (a int, b int);
CREATE TABLE child (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
ALTER TABLE child INHERIT one;
ALTER TABLE child INHERIT two;
INSERT INTO child VALUES (2);
INSERT INTO two VALUES (1, 1);
