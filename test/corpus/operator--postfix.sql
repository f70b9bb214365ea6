-- majors: 13
-- Operators with a left operand alone, which 14 took away.
CREATE OPERATOR !! (FUNCTION = numeric_fac, LEFTARG = bigint);
CREATE OPERATOR #! (FUNCTION = bit_length, LEFTARG = text);
COMMENT ON OPERATOR #! (text, NONE) IS 'postfix';
CREATE VIEW v AS SELECT 'abc'::text #! AS bits;
