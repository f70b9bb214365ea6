-- majors: 14-18
CREATE TABLE t (a int, b text);
CREATE STATISTICS on_expr ON (a % 10), (lower(b)) FROM t;
CREATE STATISTICS single ON (a * 2) FROM t;
