-- roles: corpus_alice, corpus_bob, corpus "quoted" role
-- Default privileges for all kinds of objects, for all schemas and for one, more and fewer than the built-in ones.
CREATE SCHEMA area;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_alice GRANT SELECT ON TABLES TO corpus_bob;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_alice GRANT ALL ON TABLES TO "corpus ""quoted"" role" WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_alice REVOKE INSERT ON TABLES FROM corpus_alice;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_alice GRANT USAGE ON SEQUENCES TO corpus_bob;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_alice REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_alice REVOKE USAGE ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_alice GRANT USAGE ON SCHEMAS TO corpus_bob;
ALTER DEFAULT PRIVILEGES FOR ROLE "corpus ""quoted"" role" REVOKE ALL ON TABLES FROM "corpus ""quoted"" role";
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_alice IN SCHEMA area GRANT SELECT, UPDATE ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_alice IN SCHEMA area GRANT ALL ON SEQUENCES TO corpus_bob;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_alice IN SCHEMA area GRANT EXECUTE ON ROUTINES TO corpus_bob WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_alice IN SCHEMA area GRANT USAGE ON TYPES TO corpus_bob;
-- They must not apply to the objects that a restore creates.
SET SESSION AUTHORIZATION corpus_alice;
CREATE TEMP TABLE nothing (a int);
RESET SESSION AUTHORIZATION;
CREATE TABLE area.before (a int);
ALTER TABLE area.before OWNER TO corpus_alice;
