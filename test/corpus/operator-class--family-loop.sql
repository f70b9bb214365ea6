-- A member of an operator family that depends on the family, through a range type: a cycle that pg_dump cannot resolve.
CREATE OPERATOR CLASS own_ops FOR TYPE integer USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
CREATE TYPE own_range AS RANGE (subtype = integer, subtype_opclass = own_ops);
CREATE FUNCTION int_vs_range(integer, own_range) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR <<~ (FUNCTION = int_vs_range, LEFTARG = integer, RIGHTARG = own_range);
ALTER OPERATOR FAMILY own_ops USING btree ADD OPERATOR 1 <<~ (integer, own_range);
