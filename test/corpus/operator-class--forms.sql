-- Operator families and classes: members of both, STORAGE, ordering operators, cross-type members, empty families.
CREATE SCHEMA "Oc s";
CREATE TYPE color AS ENUM ('red', 'green');
CREATE FUNCTION back_lt(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > $2';
CREATE FUNCTION back_le(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 >= $2';
CREATE FUNCTION back_cmp(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($2, $1)';
CREATE OPERATOR <~ (FUNCTION = back_lt, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR <=~ (FUNCTION = back_le, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR CLASS back_ops FOR TYPE integer USING btree AS
    OPERATOR 1 <~, OPERATOR 2 <=~, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 back_cmp(integer, integer);
CREATE OPERATOR FAMILY "Oc s"."Fam; ily" USING btree;
CREATE OPERATOR CLASS "Oc s"."int ops" FOR TYPE integer USING btree FAMILY "Oc s"."Fam; ily" AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
CREATE OPERATOR CLASS "Oc s"."big ops" FOR TYPE bigint USING btree FAMILY "Oc s"."Fam; ily" AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint8cmp(bigint, bigint);
ALTER OPERATOR FAMILY "Oc s"."Fam; ily" USING btree ADD
    OPERATOR 1 < (integer, bigint), OPERATOR 2 <= (integer, bigint), OPERATOR 3 = (integer, bigint),
    OPERATOR 4 >= (integer, bigint), OPERATOR 5 > (integer, bigint), FUNCTION 1 (integer, bigint) btint48cmp(integer, bigint),
    FUNCTION 2 (integer) btint4sortsupport(internal);
CREATE OPERATOR FAMILY empty USING hash;
CREATE OPERATOR CLASS nothing FOR TYPE color USING gin FAMILY array_ops AS STORAGE color;
CREATE OPERATOR CLASS hash_color FOR TYPE color USING hash AS OPERATOR 1 = (anyenum, anyenum), FUNCTION 1 hashenum(anyenum);
CREATE OPERATOR CLASS gin_ints FOR TYPE integer[] USING gin AS
    OPERATOR 1 && (anyarray, anyarray), OPERATOR 2 @> (anyarray, anyarray), OPERATOR 4 = (anyarray, anyarray),
    FUNCTION 1 btint4cmp(integer, integer), FUNCTION 2 ginarrayextract(anyarray, internal, internal),
    FUNCTION 3 ginqueryarrayextract(anyarray, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 ginarrayconsistent(internal, smallint, anyarray, integer, internal, internal, internal, internal),
    STORAGE integer;
CREATE OPERATOR CLASS "Oc s".gist_points FOR TYPE point USING gist AS
    OPERATOR 1 <<, OPERATOR 15 <-> (point, point) FOR ORDER BY pg_catalog.float_ops,
    FUNCTION 1 gist_point_consistent(internal, point, smallint, oid, internal), FUNCTION 2 gist_box_union(internal, internal),
    FUNCTION 3 gist_point_compress(internal), FUNCTION 5 gist_box_penalty(internal, internal, internal),
    FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal),
    FUNCTION 8 (point, point) gist_point_distance(internal, point, smallint, oid, internal),
    STORAGE box;
CREATE TYPE text2;
CREATE FUNCTION text2_in(cstring) RETURNS text2 LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION text2_out(text2) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE text2 (INPUT = text2_in, OUTPUT = text2_out, LIKE = text);
CREATE FUNCTION text2_eq(text2, text2) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'texteq';
CREATE FUNCTION text2_hash(text2) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'hashtext';
CREATE OPERATOR = (FUNCTION = text2_eq, LEFTARG = text2, RIGHTARG = text2, COMMUTATOR = =, HASHES, RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR CLASS text2_ops DEFAULT FOR TYPE text2 USING hash AS OPERATOR 1 =, FUNCTION 1 text2_hash(text2);
COMMENT ON OPERATOR CLASS back_ops USING btree IS 'backwards';
COMMENT ON OPERATOR FAMILY back_ops USING btree IS 'made with its class';
COMMENT ON OPERATOR FAMILY "Oc s"."Fam; ily" USING btree IS 'it''s a family';
CREATE TABLE t (a integer, b integer[], c point, d text2, e color);
CREATE INDEX i1 ON t (a back_ops DESC);
CREATE INDEX i2 ON t USING gin (b gin_ints);
CREATE INDEX i3 ON t USING gist (c "Oc s".gist_points);
CREATE INDEX i4 ON t USING hash (d);
CREATE INDEX i5 ON t (a "Oc s"."int ops");
CREATE TABLE parts (a integer) PARTITION BY RANGE (a back_ops);
CREATE TABLE part PARTITION OF parts FOR VALUES FROM (10) TO (1);
CREATE TYPE back_range AS RANGE (subtype = integer, subtype_opclass = back_ops);
INSERT INTO t VALUES (1, '{1,2}', '(1,2)', NULL, 'red'), (2, NULL, NULL, NULL, NULL);
INSERT INTO parts VALUES (5);
