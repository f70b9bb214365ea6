-- majors: 17-18
-- roles: corpus_alice, corpus_bob
-- MAINTAIN alone, and all privileges except MAINTAIN.
CREATE TABLE everything (a int);
GRANT ALL ON everything TO corpus_bob;
CREATE TABLE maintained (a int);
GRANT MAINTAIN ON maintained TO corpus_bob;
CREATE TABLE not_maintained (a int);
GRANT ALL ON not_maintained TO corpus_bob;
REVOKE MAINTAIN ON not_maintained FROM corpus_bob;
CREATE TABLE own (a int);
ALTER TABLE own OWNER TO corpus_alice;
REVOKE MAINTAIN ON own FROM corpus_alice;
CREATE MATERIALIZED VIEW refreshed AS SELECT 1 AS a;
GRANT MAINTAIN ON refreshed TO corpus_bob WITH GRANT OPTION;
