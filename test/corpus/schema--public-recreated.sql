-- roles: corpus_alice
-- The schema public dropped and created again: it has the privileges of any schema, and no comment.
DROP SCHEMA public;
CREATE SCHEMA public;
GRANT CREATE ON SCHEMA public TO corpus_alice;
CREATE TABLE public.t (a int);
