-- majors: 18
-- Names of NOT NULL that PostgreSQL chose, and would not choose again: a constraint that comes earlier has them.
CREATE SCHEMA apart;
CREATE TABLE t (a int NOT NULL, b int NOT NULL) PARTITION BY LIST (a);
CREATE TABLE apart.t PARTITION OF t FOR VALUES IN (1);
CREATE TABLE apart.another_partition PARTITION OF t FOR VALUES IN (2);
CREATE TABLE apart.below PARTITION OF t FOR VALUES IN (3) PARTITION BY LIST (b);
CREATE TABLE apart.deepest PARTITION OF apart.below DEFAULT;
CREATE TABLE p (c int NOT NULL);
CREATE TABLE apart.p (c int NOT NULL);
CREATE TABLE apart.child () INHERITS (p);
CREATE TABLE apart.grandchild () INHERITS (apart.child, apart.p);
CREATE TABLE o (d int);
CREATE TABLE of_o () INHERITS (o);
ALTER TABLE of_o ADD PRIMARY KEY (d);
ALTER TABLE o ADD PRIMARY KEY (d);
CREATE TABLE of_domain (e int NOT NULL);
CREATE DOMAIN earlier AS int CONSTRAINT of_domain_e_not_null CHECK (VALUE > 0);
CREATE TABLE of_itself (f int NOT NULL, g int CONSTRAINT of_itself_f_not_null1 NOT NULL);
INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);
