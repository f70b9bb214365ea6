-- A database without the schema public.
DROP SCHEMA public;
CREATE SCHEMA other;
CREATE TABLE other.t (a int);
