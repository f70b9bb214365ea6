-- User objects on an extension's relation. Contrib has only views; test/integration/extension.test.ts has tables.
CREATE EXTENSION pg_stat_statements;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER "Mine" INSTEAD OF INSERT ON pg_stat_statements FOR EACH ROW EXECUTE FUNCTION f();
COMMENT ON TRIGGER "Mine" ON pg_stat_statements IS 'a user''s';
CREATE RULE quiet AS ON DELETE TO pg_stat_statements DO INSTEAD NOTHING;
