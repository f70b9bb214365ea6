-- roles: corpus_alice, corpus "quoted" role
-- Foreign data wrappers, servers and user mappings with options, owners and privileges. No wrapper library is needed.
CREATE FOREIGN DATA WRAPPER bare;
CREATE FOREIGN DATA WRAPPER "Wrapper ""w""" OPTIONS (debug 'true', "odd ""name""" 'it''s = a \ value');
CREATE FOREIGN DATA WRAPPER validated VALIDATOR postgresql_fdw_validator;
CREATE SERVER s1 FOREIGN DATA WRAPPER bare;
CREATE SERVER "Server ""s""" TYPE 'it''s' VERSION '1.0\' FOREIGN DATA WRAPPER "Wrapper ""w""" OPTIONS (host 'a b', empty '');
CREATE SERVER checked FOREIGN DATA WRAPPER validated OPTIONS (host 'nowhere.invalid', dbname 'd');
CREATE USER MAPPING FOR PUBLIC SERVER s1;
CREATE USER MAPPING FOR corpus_alice SERVER s1;
CREATE USER MAPPING FOR "corpus ""quoted"" role" SERVER "Server ""s""";
GRANT USAGE ON FOREIGN DATA WRAPPER bare TO corpus_alice WITH GRANT OPTION;
GRANT USAGE ON FOREIGN SERVER "Server ""s""" TO "corpus ""quoted"" role", PUBLIC;
ALTER SERVER s1 OWNER TO corpus_alice;
REVOKE ALL ON FOREIGN SERVER s1 FROM corpus_alice;
COMMENT ON FOREIGN DATA WRAPPER bare IS 'a wrapper';
COMMENT ON SERVER "Server ""s""" IS 'a server''s comment';
CREATE FOREIGN TABLE far (a int OPTIONS (column_name 'A "a"'), b text NOT NULL DEFAULT 'x') SERVER s1 OPTIONS (schema_name 'it''s');
COMMENT ON FOREIGN TABLE far IS 'a foreign table';
COMMENT ON COLUMN far.a IS 'its column';
GRANT SELECT ON far TO corpus_alice;
