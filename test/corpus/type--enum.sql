-- Enums: order of labels, labels that need quoting, no labels at all.
CREATE TYPE status AS ENUM ('enabled', 'disabled');
ALTER TYPE status ADD VALUE 'first' BEFORE 'enabled';
ALTER TYPE status ADD VALUE 'between' AFTER 'enabled';
ALTER TYPE status RENAME VALUE 'disabled' TO 'off';
CREATE TYPE hostile AS ENUM ('', ' ', 'it''s', 'back\slash', '"quoted"', 'a,b', '{}', E'new\nline', 'ünïcødé', '$$', ';--');
CREATE TYPE empty AS ENUM ();
CREATE TYPE "Select" AS ENUM ('from');
CREATE SCHEMA "Sche.ma";
CREATE TYPE "Sche.ma"."ty""pe" AS ENUM ('x');
COMMENT ON TYPE status IS 'what a peer''s
status is';
COMMENT ON TYPE "Sche.ma"."ty""pe" IS '';
CREATE TABLE t (
    a status DEFAULT 'off',
    b status[] DEFAULT '{off,enabled}',
    c "Sche.ma"."ty""pe",
    d hostile DEFAULT 'it''s',
    e empty,
    f "Select"
);
CREATE FUNCTION is_on(status DEFAULT 'enabled') RETURNS boolean LANGUAGE sql AS $$ SELECT $1 = 'enabled' $$;
INSERT INTO t VALUES ('enabled', '{off,NULL,enabled}', 'x', '', NULL, 'from'), ('off', '{}', NULL, E'new\nline', NULL, NULL);
