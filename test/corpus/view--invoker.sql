-- majors: 15-18
-- Views with security_invoker.
CREATE TABLE t (id int PRIMARY KEY, v text);
CREATE VIEW asks WITH (security_invoker = true) AS SELECT * FROM t;
CREATE VIEW all_options WITH (security_invoker = on, security_barrier, check_option = local) AS SELECT * FROM t WHERE id > 0;
CREATE VIEW cyclic WITH (security_invoker = true) AS SELECT 1 AS n;
CREATE VIEW other AS SELECT n FROM cyclic;
CREATE OR REPLACE VIEW cyclic WITH (security_invoker = true, security_barrier = true) AS SELECT n FROM other;
CREATE VIEW grouped WITH (security_barrier) AS SELECT id, v FROM t GROUP BY id;
