-- roles: corpus_alice
-- A materialized view whose owner row security concerns.
CREATE TABLE notes (id int, owner text DEFAULT 'corpus_alice');
INSERT INTO notes VALUES (1, DEFAULT), (2, 'somebody');
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes TO corpus_alice USING (owner = current_user);
GRANT SELECT ON notes TO corpus_alice;
CREATE SCHEMA alice AUTHORIZATION corpus_alice;
CREATE MATERIALIZED VIEW alice.notes AS SELECT id FROM notes;
ALTER MATERIALIZED VIEW alice.notes OWNER TO corpus_alice;
REFRESH MATERIALIZED VIEW alice.notes;
