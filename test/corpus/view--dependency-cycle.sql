-- A dependency cycle of views, made by CREATE OR REPLACE.
CREATE VIEW a AS SELECT 1 AS x, 'text'::text COLLATE "C" AS y;
CREATE VIEW b AS SELECT x, y FROM a;
CREATE OR REPLACE VIEW a AS SELECT b.x, b.y FROM b;
COMMENT ON VIEW a IS 'round';
-- A function on the row type of a view that the view calls.
CREATE VIEW v AS SELECT 1 AS n;
CREATE FUNCTION label(v) RETURNS text LANGUAGE sql AS $$ SELECT 'n' || $1.n $$;
CREATE OR REPLACE VIEW v AS SELECT 1 AS n WHERE EXISTS (SELECT FROM pg_catalog.pg_proc WHERE oid = 'label(v)'::regprocedure);
