-- roles: corpus_super
-- Subscriptions that never connect: names, slots and connection strings that must be quoted.
ALTER ROLE corpus_super SUPERUSER;
CREATE SUBSCRIPTION "plain ""sub""" CONNECTION 'host=nowhere.invalid dbname=''d b'' application_name=''it\''s''' PUBLICATION a, "B ""c""" WITH (connect = false);
CREATE SUBSCRIPTION without_slot CONNECTION 'host=nowhere.invalid' PUBLICATION a WITH (connect = false, slot_name = NONE);
CREATE SUBSCRIPTION other_slot CONNECTION 'postgresql://bob@nowhere.invalid:5433/db?sslmode=require' PUBLICATION a WITH (connect = false, slot_name = 'a_slot', synchronous_commit = 'remote_write');
COMMENT ON SUBSCRIPTION other_slot IS 'elsewhere''s slot';
ALTER SUBSCRIPTION without_slot OWNER TO corpus_super;
