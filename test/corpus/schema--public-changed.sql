-- roles: corpus_alice, corpus_bob
-- The schema public with another owner, other privileges and no comment.
ALTER SCHEMA public OWNER TO corpus_alice;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO corpus_bob WITH GRANT OPTION;
COMMENT ON SCHEMA public IS NULL;
CREATE TABLE public.inside (a int);
