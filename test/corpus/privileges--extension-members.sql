-- roles: corpus_alice, corpus "quoted" role
-- Privileges on members of an extension that were changed after CREATE EXTENSION: more and fewer than it granted.
CREATE SCHEMA ext;
CREATE EXTENSION pg_stat_statements WITH SCHEMA ext;
CREATE EXTENSION hstore WITH SCHEMA ext;
CREATE EXTENSION postgres_fdw WITH SCHEMA ext;
GRANT SELECT ON ext.pg_stat_statements TO corpus_alice WITH GRANT OPTION;
REVOKE ALL ON ext.pg_stat_statements FROM PUBLIC;
GRANT SELECT (query) ON ext.pg_stat_statements TO "corpus ""quoted"" role";
REVOKE EXECUTE ON FUNCTION ext.hstore(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ext.hstore(text, text) TO corpus_alice;
REVOKE USAGE ON TYPE ext.hstore FROM PUBLIC;
GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO corpus_alice;
GRANT USAGE ON LANGUAGE plpgsql TO corpus_alice WITH GRANT OPTION;
CREATE SERVER remote FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere.invalid');
CREATE USER MAPPING FOR corpus_alice SERVER remote;
