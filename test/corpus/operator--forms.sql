-- Operators with every clause, unary ones, commutators and negators in other schemas, operators that were never defined.
CREATE SCHEMA "O s";
CREATE SCHEMA aaa;
CREATE SCHEMA zzz;
CREATE TYPE pair AS (a integer, b integer);
CREATE FUNCTION pair_eq(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a = $2.a';
CREATE FUNCTION pair_ne(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a <> $2.a';
CREATE FUNCTION pair_lt(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a < $2.a';
CREATE FUNCTION pair_gt(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a > $2.a';
CREATE FUNCTION pair_plus(pair, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1.a + $2';
CREATE FUNCTION plus_pair(integer, pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $2.a + $1';
CREATE FUNCTION pair_negate(pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT -$1.a';
CREATE FUNCTION "O s"."Fu nc"(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR === (
    FUNCTION = pair_eq, LEFTARG = pair, RIGHTARG = pair, COMMUTATOR = ===, NEGATOR = !==,
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR !== (
    FUNCTION = pair_ne, LEFTARG = pair, RIGHTARG = pair, COMMUTATOR = !==, NEGATOR = ===, RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR aaa.<<< (FUNCTION = pair_lt, LEFTARG = pair, RIGHTARG = pair, COMMUTATOR = OPERATOR(zzz.>>>), RESTRICT = scalarltsel);
CREATE OPERATOR zzz.>>> (FUNCTION = pair_gt, LEFTARG = pair, RIGHTARG = pair, COMMUTATOR = OPERATOR(aaa.<<<));
CREATE OPERATOR + (FUNCTION = pair_plus, LEFTARG = pair, RIGHTARG = integer, COMMUTATOR = +);
CREATE OPERATOR + (FUNCTION = plus_pair, LEFTARG = integer, RIGHTARG = pair, COMMUTATOR = +);
CREATE OPERATOR - (FUNCTION = pair_negate, RIGHTARG = pair);
CREATE OPERATOR "O s".@#@ (FUNCTION = "O s"."Fu nc", LEFTARG = text, RIGHTARG = text, COMMUTATOR = OPERATOR("O s".#@#));
CREATE OPERATOR "O s".~!@#%^&|` (FUNCTION = "O s"."Fu nc", LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR !@ (FUNCTION = bit_length, RIGHTARG = text);
COMMENT ON OPERATOR === (pair, pair) IS 'same first';
COMMENT ON OPERATOR - (NONE, pair) IS 'it''s unary';
COMMENT ON OPERATOR "O s".@#@ (text, text) IS 'hostile';
CREATE VIEW v AS SELECT ROW(1, 2)::pair === ROW(1, 3)::pair AS same, - ROW(1, 2)::pair AS neg, 'a' OPERATOR("O s".@#@) 'b' AS x;
CREATE TABLE t (p pair, CHECK (p OPERATOR(aaa.<<<) ROW(10, 10)::pair), e text, EXCLUDE USING btree (e WITH =));
