-- majors: 16-18
-- SQL/JSON constructors and predicates, and numeric literals with underscores.
CREATE VIEW v16 AS SELECT '{}'::text IS JSON OBJECT WITH UNIQUE KEYS AS is_json, json_array(1, 2 NULL ON NULL) AS a, json_object('k' : 1 ABSENT ON NULL) AS o,
  json_arrayagg(x ORDER BY x RETURNING jsonb) AS agg, any_value(x) AS av, 0x1F + 1_000 AS lit FROM generate_series(1, 2) x;
