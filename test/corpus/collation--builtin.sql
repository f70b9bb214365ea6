-- majors: 17-18
-- Collations of the builtin provider.
CREATE COLLATION b1 (provider = builtin, locale = 'C');
CREATE COLLATION b2 (provider = builtin, locale = 'C.UTF-8');
COMMENT ON COLLATION b2 IS 'by code point';
CREATE TABLE t (a text COLLATE b2);
