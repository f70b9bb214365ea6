-- roles: corpus_alice
-- Publications for all tables, some and none; each operation; publish_via_partition_root.
CREATE TABLE "Odd ""name""" (id int PRIMARY KEY, v text);
CREATE SCHEMA area;
CREATE TABLE area.t (id int PRIMARY KEY, v text);
CREATE TABLE area.root (a int) PARTITION BY LIST (a);
CREATE TABLE area.leaf PARTITION OF area.root FOR VALUES IN (1);
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE PUBLICATION nothing;
CREATE PUBLICATION "Some ""tables""" FOR TABLE "Odd ""name""", ONLY area.t WITH (publish = 'insert, truncate');
CREATE PUBLICATION silent FOR TABLE area.t WITH (publish = '');
CREATE PUBLICATION rooted FOR TABLE area.root WITH (publish_via_partition_root = true, publish = 'update,delete');
COMMENT ON PUBLICATION rooted IS 'through the root';
ALTER PUBLICATION nothing OWNER TO corpus_alice;
