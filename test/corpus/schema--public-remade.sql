-- roles: corpus_alice
-- Dropped and made anew: its privileges are those of any schema, and it has no comment.
DROP SCHEMA public;
CREATE SCHEMA public;
GRANT CREATE ON SCHEMA public TO corpus_alice;
CREATE TABLE public.t (a int);
