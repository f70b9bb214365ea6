-- majors: 15-18
-- Publications of partitions and their roots, of whole schemas, of all tables.
CREATE SCHEMA one;
CREATE SCHEMA two;
CREATE TABLE one.p (k int, v text) PARTITION BY LIST (k);
CREATE TABLE one.p1 PARTITION OF one.p FOR VALUES IN (1);
CREATE TABLE two.p2 PARTITION OF one.p FOR VALUES IN (2);
CREATE PUBLICATION parts FOR TABLE one.p WHERE (v <> 'x'), two.p2 (k) WITH (publish_via_partition_root);
CREATE PUBLICATION schema_and_part FOR TABLES IN SCHEMA two, TABLE one.p1;
CREATE PUBLICATION "Everything; --" FOR ALL TABLES WITH (publish = 'truncate');
COMMENT ON PUBLICATION "Everything; --" IS 'it''s all';
