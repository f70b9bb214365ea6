-- Operators and functions that users added to families of PostgreSQL and of extensions.
CREATE EXTENSION citext;
CREATE EXTENSION btree_gist;
CREATE TYPE pair AS (a integer, b integer);
CREATE FUNCTION eq(integer, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2.a';
CREATE FUNCTION cmp(integer, pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($1, $2.a)';
CREATE OPERATOR = (FUNCTION = eq, LEFTARG = integer, RIGHTARG = pair);
ALTER OPERATOR FAMILY integer_ops USING btree ADD OPERATOR 3 = (integer, pair), FUNCTION 1 (integer, pair) cmp(integer, pair);
CREATE FUNCTION citext_eq_pair(citext, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR = (FUNCTION = citext_eq_pair, LEFTARG = citext, RIGHTARG = pair);
ALTER OPERATOR FAMILY citext_ops USING btree ADD OPERATOR 3 = (citext, pair);
-- A user's operator class in a family of PostgreSQL.
CREATE OPERATOR CLASS other_text FOR TYPE text USING btree FAMILY text_pattern_ops AS STORAGE text;
