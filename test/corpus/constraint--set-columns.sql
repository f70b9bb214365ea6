-- majors: 15-18
-- Foreign keys with ON DELETE SET NULL or SET DEFAULT of some of their columns.
CREATE TABLE k (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE r (a int, b int DEFAULT 1, c int, FOREIGN KEY (a, b) REFERENCES k ON DELETE SET NULL (a), CONSTRAINT d FOREIGN KEY (a, b) REFERENCES k ON DELETE SET DEFAULT (b) ON UPDATE CASCADE NOT VALID);
