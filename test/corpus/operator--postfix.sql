-- majors: 13
-- Postfix operators, which PostgreSQL 14 removed.
CREATE OPERATOR !! (FUNCTION = numeric_fac, LEFTARG = bigint);
CREATE OPERATOR #! (FUNCTION = bit_length, LEFTARG = text);
COMMENT ON OPERATOR #! (text, NONE) IS 'postfix';
CREATE VIEW v AS SELECT 'abc'::text #! AS bits;
