CREATE SEQUENCE plain;
CREATE SEQUENCE small AS smallint START 5 INCREMENT 2 MINVALUE 3 MAXVALUE 99 CACHE 10 CYCLE;
CREATE SEQUENCE down INCREMENT -3 MAXVALUE 1000 START 1000;
CREATE SEQUENCE int_down AS int INCREMENT -1;
CREATE SEQUENCE unused START 42;
SELECT nextval('plain'), nextval('plain'), nextval('small'), nextval('down');
SELECT setval('small', 9, false);
CREATE TABLE t (a serial, b bigserial, c smallserial, d int DEFAULT nextval('plain'));
INSERT INTO t DEFAULT VALUES;
INSERT INTO t DEFAULT VALUES;
CREATE SEQUENCE adopted OWNED BY t.d;
CREATE SCHEMA other;
CREATE SEQUENCE other."odd ""seq"" '";
SELECT setval('other."odd ""seq"" ''"', 7);
CREATE TABLE other.u (a serial);
COMMENT ON SEQUENCE plain IS 'free';
-- A default that uses another table's sequence.
CREATE TABLE borrower (a int DEFAULT nextval('other.u_a_seq'));
