-- roles: corpus_alice, corpus_bob, corpus "quoted" role, corpus=eq/slash, CORPUS_UPPER, corpus.dot, corpus_rölle, 12345, user
-- Grants on tables, columns, views and sequences: grant options, grantors other than the owner, PUBLIC, privileges
-- revoked from the owner, and role names that aclitem quotes.
CREATE SCHEMA shop;
GRANT USAGE, CREATE ON SCHEMA shop TO corpus_alice;
GRANT USAGE ON SCHEMA shop TO PUBLIC;

CREATE TABLE shop.orders (id bigint, customer text, secret text, "weird ""col" int);
ALTER TABLE shop.orders OWNER TO corpus_alice;
GRANT SELECT, INSERT ON shop.orders TO corpus_bob;
GRANT UPDATE ON shop.orders TO corpus_bob WITH GRANT OPTION;
GRANT SELECT ON shop.orders TO PUBLIC;
GRANT ALL ON shop.orders TO "corpus ""quoted"" role";
GRANT ALL ON shop.orders TO "corpus=eq/slash" WITH GRANT OPTION;
GRANT TRIGGER, REFERENCES, TRUNCATE ON shop.orders TO "CORPUS_UPPER", "corpus.dot", "corpus_rölle", "12345", "user";
SET SESSION AUTHORIZATION corpus_bob;
GRANT UPDATE ON shop.orders TO "CORPUS_UPPER";
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION "corpus=eq/slash";
GRANT DELETE ON shop.orders TO corpus_bob WITH GRANT OPTION;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION corpus_bob;
GRANT DELETE ON shop.orders TO "user";
RESET SESSION AUTHORIZATION;

-- Only columns, and columns in addition to the table.
CREATE TABLE shop.columns_only (a int, b int, c int);
GRANT SELECT (a, b), UPDATE (a) ON shop.columns_only TO corpus_bob;
GRANT SELECT (a) ON shop.columns_only TO corpus_bob WITH GRANT OPTION;
GRANT ALL (c) ON shop.columns_only TO PUBLIC;
GRANT INSERT ("weird ""col") ON shop.orders TO corpus_bob;
SET SESSION AUTHORIZATION corpus_bob;
GRANT SELECT (a) ON shop.columns_only TO corpus_alice;
RESET SESSION AUTHORIZATION;

-- The owner has no privilege left; and only some.
CREATE TABLE shop.locked (a int);
REVOKE ALL ON shop.locked FROM CURRENT_USER;
CREATE TABLE shop.read_only (a int);
ALTER TABLE shop.read_only OWNER TO corpus_alice;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON shop.read_only FROM corpus_alice;
-- Granted and revoked again: the privileges are the default, but stored as a list.
CREATE TABLE shop.back_to_default (a int);
GRANT SELECT ON shop.back_to_default TO corpus_bob;
REVOKE SELECT ON shop.back_to_default FROM corpus_bob;

CREATE VIEW shop.names AS SELECT customer FROM shop.orders;
ALTER VIEW shop.names OWNER TO corpus_alice;
GRANT SELECT ON shop.names TO corpus_bob;
GRANT SELECT (customer) ON shop.names TO "corpus.dot";
CREATE MATERIALIZED VIEW shop.totals AS SELECT 1 AS one;
GRANT SELECT ON shop.totals TO PUBLIC;

CREATE SEQUENCE shop.free;
GRANT USAGE ON SEQUENCE shop.free TO corpus_bob;
GRANT ALL ON SEQUENCE shop.free TO corpus_alice;
CREATE TABLE shop.serials (id serial, identity bigint GENERATED ALWAYS AS IDENTITY);
ALTER TABLE shop.serials OWNER TO corpus_alice;
GRANT SELECT, USAGE ON SEQUENCE shop.serials_id_seq TO corpus_bob;
GRANT USAGE ON SEQUENCE shop.serials_identity_seq TO corpus_bob WITH GRANT OPTION;

CREATE SCHEMA private AUTHORIZATION corpus_bob;
REVOKE CREATE ON SCHEMA private FROM corpus_bob;
CREATE TABLE private.inside (a int);
ALTER TABLE private.inside OWNER TO corpus_alice;
