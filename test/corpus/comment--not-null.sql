-- majors: 18
-- Comments on NOT NULL constraints, named or not.
CREATE TABLE t (a int NOT NULL, b int CONSTRAINT must NOT NULL, c int PRIMARY KEY, d int CONSTRAINT alone NOT NULL NO INHERIT);
COMMENT ON CONSTRAINT t_a_not_null ON t IS 'named by the server';
COMMENT ON CONSTRAINT must ON t IS 'named by somebody';
COMMENT ON CONSTRAINT t_c_not_null ON t IS 'of a key''s column';
COMMENT ON CONSTRAINT alone ON t IS 'not inherited';
CREATE TABLE kid () INHERITS (t);
COMMENT ON CONSTRAINT must ON kid IS 'inherited';
CREATE DOMAIN d AS int CONSTRAINT given NOT NULL;
COMMENT ON CONSTRAINT given ON DOMAIN d IS 'a domain''s';
ALTER TABLE t ADD e int;
ALTER TABLE t ADD CONSTRAINT late NOT NULL e NOT VALID;
COMMENT ON CONSTRAINT late ON t IS 'not valid';
