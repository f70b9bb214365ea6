-- Syntax that compares without naming an operator, and uses one of an extension or a user that the search path finds.
CREATE SCHEMA "Ext";
CREATE EXTENSION citext SCHEMA "Ext";
CREATE EXTENSION hstore;
CREATE TABLE t (e "Ext".citext, f "Ext".citext, h hstore);
CREATE TABLE u (e "Ext".citext, g "Ext".citext);
SET search_path = public, "Ext";
ALTER TABLE t ADD CONSTRAINT differ CHECK (e IS DISTINCT FROM f), ADD CONSTRAINT filled CHECK (NULLIF(h, '') IS NOT NULL), ADD COLUMN c boolean GENERATED ALWAYS AS (e IS DISTINCT FROM f) STORED;
CREATE VIEW joined AS SELECT e, t.f FROM t JOIN u USING (e);
CREATE VIEW cases AS SELECT CASE e WHEN 'a' THEN 1 END AS c, NULLIF(h, 'a=>1') AS h, e IS NOT DISTINCT FROM f AS same FROM t;
CREATE INDEX ON t ((e IS DISTINCT FROM f)) WHERE h IS DISTINCT FROM '';
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER changed BEFORE UPDATE ON t FOR EACH ROW WHEN (old.e IS DISTINCT FROM new.e OR old.h IS DISTINCT FROM new.h) EXECUTE FUNCTION f();
CREATE RULE changed AS ON UPDATE TO u WHERE old.e IS DISTINCT FROM new.e DO ALSO SELECT 1;
CREATE POLICY p ON u USING (e IS DISTINCT FROM g);
CREATE MATERIALIZED VIEW m AS SELECT e FROM t JOIN u USING (e);
CREATE DOMAIN d AS hstore CHECK (VALUE IS DISTINCT FROM '');
INSERT INTO t (e, f, h) VALUES ('a', 'b', 'x=>1');
INSERT INTO u VALUES ('A', 'B');
