-- Objects that are older than a cast of their types, and objects that use it: no name in them tells the two apart.
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE people (id int, m mood, CHECK (m::text <> 'never'));
CREATE VIEW a_before AS SELECT id, m::text AS label FROM people;
CREATE DOMAIN small AS integer;
CREATE FUNCTION mood_text(mood) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN $1 = 'ok' THEN 'fine' ELSE 'down' END $$;
CREATE FUNCTION small_text(integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'small' $$;
CREATE CAST (mood AS text) WITH FUNCTION mood_text(mood);
ALTER DOMAIN small ADD CONSTRAINT needed CHECK (small_text(VALUE) <> '');
CREATE CAST (small AS text) WITH FUNCTION small_text(integer);
CREATE VIEW b_after AS SELECT id, m::text AS label FROM people;
CREATE DOMAIN a_feeling AS mood CHECK (VALUE::text <> 'never');
CREATE TABLE a_table (m mood, label text DEFAULT ('ok'::mood)::text, upper text GENERATED ALWAYS AS (upper(m::text)) STORED);
CREATE INDEX ON people ((m::text));
CREATE FUNCTION a_called(integer DEFAULT length(('sad'::mood)::text)) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';
INSERT INTO people VALUES (1, 'sad'), (2, 'ok');
INSERT INTO a_table (m) VALUES ('sad'), ('ok');
