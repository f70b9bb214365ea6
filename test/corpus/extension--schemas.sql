-- Extensions in public, in another schema and in one whose name must be quoted; objects that use their members.
CREATE SCHEMA ext;
CREATE SCHEMA "My ""Ext"" $$";
CREATE EXTENSION citext;
CREATE EXTENSION hstore WITH SCHEMA ext;
CREATE EXTENSION "uuid-ossp" WITH SCHEMA "My ""Ext"" $$";
CREATE EXTENSION pg_trgm SCHEMA pg_catalog;
COMMENT ON EXTENSION citext IS 'text without ''case''';

CREATE TABLE people (
    email citext NOT NULL UNIQUE,
    facts ext.hstore DEFAULT 'a=>1'::ext.hstore,
    id uuid DEFAULT "My ""Ext"" $$".uuid_generate_v4(),
    CONSTRAINT people_email_check CHECK (email ~ '@'::citext)
);
CREATE INDEX people_trgm ON people USING gin ((email::text) gin_trgm_ops);
CREATE DOMAIN address AS citext CHECK (VALUE ~ '@');
CREATE FUNCTION keys_of(ext.hstore) RETURNS text[] LANGUAGE sql AS $$ SELECT ext.akeys($1) $$;
INSERT INTO people VALUES ('A@b', 'a=>"it''s", b=>NULL', '00000000-0000-0000-0000-000000000001');
