-- roles: corpus_super
-- Event triggers in every state, with and without tags. They must not fire during a restore.
ALTER ROLE corpus_super SUPERUSER;
CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'refused %', tg_tag; END$$;
CREATE SCHEMA "od d";
CREATE FUNCTION "od d"."no""te"() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN NULL; END$$;
CREATE TABLE a_table (a int PRIMARY KEY);
CREATE MATERIALIZED VIEW a_view AS SELECT a FROM a_table;
CREATE EVENT TRIGGER at_start ON ddl_command_start EXECUTE FUNCTION "od d"."no""te"();
CREATE EVENT TRIGGER at_end ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE') EXECUTE FUNCTION "od d"."no""te"();
CREATE EVENT TRIGGER "Replica ""only""" ON sql_drop EXECUTE FUNCTION "od d"."no""te"();
ALTER EVENT TRIGGER "Replica ""only""" ENABLE REPLICA;
CREATE EVENT TRIGGER always ON table_rewrite EXECUTE FUNCTION "od d"."no""te"();
ALTER EVENT TRIGGER always ENABLE ALWAYS;
CREATE EVENT TRIGGER never ON ddl_command_start EXECUTE FUNCTION refuse();
ALTER EVENT TRIGGER never DISABLE;
COMMENT ON EVENT TRIGGER at_end IS 'an event trigger''s comment';
ALTER EVENT TRIGGER at_start OWNER TO corpus_super;
-- Created last, because it is enabled from here on.
CREATE EVENT TRIGGER refusing ON ddl_command_start EXECUTE FUNCTION refuse();
