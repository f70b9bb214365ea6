-- roles: corpus_alice
-- Changed privileges on objects of initdb in pg_catalog: tables, columns, functions, types, languages, the schema.
GRANT SELECT ON pg_catalog.pg_authid TO corpus_alice;
GRANT SELECT (rolpassword) ON pg_catalog.pg_authid TO corpus_alice WITH GRANT OPTION;
REVOKE SELECT ON pg_catalog.pg_proc FROM PUBLIC;
GRANT SELECT (tableoid, oid, proname) ON pg_catalog.pg_proc TO PUBLIC;
REVOKE SELECT (subname) ON pg_catalog.pg_subscription FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO corpus_alice;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text, boolean, boolean) TO corpus_alice WITH GRANT OPTION;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.sum(integer) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.percentile_disc(double precision, anyelement) FROM PUBLIC;
REVOKE USAGE ON TYPE pg_catalog.money FROM PUBLIC;
REVOKE USAGE ON LANGUAGE sql FROM PUBLIC;
GRANT USAGE ON LANGUAGE sql TO corpus_alice;
GRANT CREATE ON SCHEMA pg_catalog TO corpus_alice;
