-- roles: corpus\back, corpus$$dollar$_$, corpus--dash; /* x, corpus'quote, corpus%1$I percent, шшшшшшшшшшшшшшшшшшшшшшшшшшшшшшш, select, corpus😀=r*/postgres
-- Owners, grantees, grantors, roles of policies and user mappings whose names have a special meaning elsewhere.
DO $do$BEGIN
  CREATE ROLE "corpus
new	line";
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END$do$;
CREATE SCHEMA "corpus\back" AUTHORIZATION "corpus\back";
CREATE TABLE t (a int, "b=c/d" int);
ALTER TABLE t OWNER TO "corpus
new	line";
GRANT SELECT ON t TO "corpus\back" WITH GRANT OPTION;
GRANT INSERT ("b=c/d"), UPDATE (a) ON t TO "corpus$$dollar$_$";
GRANT ALL ON t TO "corpus--dash; /* x", "corpus'quote", "шшшшшшшшшшшшшшшшшшшшшшшшшшшшшшш", "select", "corpus😀=r*/postgres";
SET SESSION AUTHORIZATION "corpus\back";
GRANT SELECT ON t TO "corpus%1$I percent";
RESET SESSION AUTHORIZATION;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
REVOKE ALL ON FUNCTION f() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f() TO "corpus
new	line";
ALTER FUNCTION f() OWNER TO "corpus%1$I percent";
CREATE POLICY p ON t TO "corpus'quote", "corpus--dash; /* x" USING (true);
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE USER MAPPING FOR "corpus$$dollar$_$" SERVER s;
CREATE USER MAPPING FOR "select" SERVER s;
ALTER DEFAULT PRIVILEGES FOR ROLE "corpus
new	line" IN SCHEMA "corpus\back" GRANT SELECT ON TABLES TO "corpus😀=r*/postgres";
ALTER DEFAULT PRIVILEGES FOR ROLE "corpus😀=r*/postgres" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
