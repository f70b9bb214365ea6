-- majors: 14-18
-- Base types with a subscripting function.
CREATE TYPE pair;
CREATE FUNCTION pair_in(cstring) RETURNS pair LANGUAGE internal IMMUTABLE STRICT AS 'point_in';
CREATE FUNCTION pair_out(pair) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'point_out';
CREATE FUNCTION pair_subscript(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'raw_array_subscript_handler';
CREATE TYPE pair (
    INPUT = pair_in, OUTPUT = pair_out, SUBSCRIPT = pair_subscript, ELEMENT = float8,
    INTERNALLENGTH = 16, ALIGNMENT = double
);
CREATE TYPE doc;
CREATE FUNCTION doc_in(cstring) RETURNS doc LANGUAGE internal IMMUTABLE STRICT AS 'jsonb_in';
CREATE FUNCTION doc_out(doc) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'jsonb_out';
CREATE TYPE doc (INPUT = doc_in, OUTPUT = doc_out, SUBSCRIPT = jsonb_subscript_handler, STORAGE = external);
CREATE VIEW v AS SELECT ('(1,2)'::pair)[0] AS first;
