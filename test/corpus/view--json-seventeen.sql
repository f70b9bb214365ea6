-- majors: 17-18
-- SQL/JSON query functions and JSON_TABLE.
CREATE VIEW jt AS SELECT * FROM json_table('[{"a": 1, "b": [1, 2]}]'::jsonb, '$[*]' AS root COLUMNS (n FOR ORDINALITY, a int PATH '$.a' DEFAULT 7 ON EMPTY, NESTED PATH '$.b[*]' AS "B b" COLUMNS (b int PATH '$'))) t;
CREATE VIEW jq AS SELECT json_value('{"a": 1}'::jsonb, '$.a' RETURNING int) AS v, json_query('{"a": [1]}'::jsonb, '$.a' WITH WRAPPER) AS q, json_exists('{}'::jsonb, '$.a' FALSE ON ERROR) AS e, json_scalar(1) AS s, json_serialize('{}') AS z;
