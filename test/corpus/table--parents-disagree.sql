-- Parents whose storage, compression or defaults were changed after the child was created.
CREATE TABLE p1 (a text, b text);
CREATE TABLE p2 (a text, b text);
CREATE TABLE "p 3" (b text, a text);
CREATE TABLE child () INHERITS (p1, p2, "p 3");
CREATE TABLE merged (a text, c int) INHERITS (p2, p1);
CREATE TABLE below () INHERITS (child, merged);
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE f (a text) SERVER s;
CREATE TABLE of_foreign () INHERITS (p1, f);
ALTER TABLE ONLY p1 ALTER a SET STORAGE EXTERNAL;
ALTER TABLE ONLY p2 ALTER b SET STORAGE MAIN;
ALTER TABLE ONLY "p 3" ALTER a SET STORAGE PLAIN, ALTER b SET STORAGE EXTERNAL;
ALTER FOREIGN TABLE f ALTER a SET STORAGE MAIN;
ALTER TABLE ONLY child ALTER a SET STORAGE MAIN;
INSERT INTO child VALUES ('x', 'y');

-- Defaults, of which the child keeps the first one, has another, or none; one is a column of its own, too.
CREATE FUNCTION next() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE d1 (a int DEFAULT 1, b int DEFAULT 1, c int DEFAULT 1, d int DEFAULT 1, e int DEFAULT 1);
CREATE TABLE d2 (a int DEFAULT 1, b int DEFAULT 1, c int DEFAULT 1, d int DEFAULT 1, e int);
CREATE FOREIGN TABLE d3 (a int DEFAULT 1, b int DEFAULT 1, c int, d int DEFAULT 1, f int DEFAULT 1) SERVER s;
CREATE TABLE d_child (d int DEFAULT 1) INHERITS (d1, d2, d3);
CREATE TABLE d_one () INHERITS (d2);
CREATE TABLE d_below () INHERITS (d_child, d_one);
CREATE TABLE d_below_foreign () INHERITS (d3);
CREATE FUNCTION child_default() RETURNS int LANGUAGE sql AS 'SELECT a FROM public.d_child LIMIT 1';
ALTER TABLE ONLY d1 ALTER a SET DEFAULT public.next(), ALTER b DROP DEFAULT, ALTER d SET DEFAULT 4;
ALTER TABLE ONLY d2 ALTER b SET DEFAULT 2, ALTER c SET DEFAULT public.child_default(), ALTER d DROP DEFAULT;
ALTER FOREIGN TABLE ONLY d3 ALTER a SET DEFAULT 3;
ALTER TABLE ONLY d_child ALTER b DROP DEFAULT, ALTER c SET DEFAULT 7;
INSERT INTO d_child VALUES (9);
-- Parents whose defaults agree only since they have been changed.
CREATE TABLE top1 (a int DEFAULT 1);
CREATE TABLE top2 (a int DEFAULT 2);
CREATE TABLE middle1 () INHERITS (top1);
CREATE TABLE middle2 () INHERITS (top2);
ALTER TABLE ONLY middle1 ALTER a SET DEFAULT 2;
CREATE TABLE bottom () INHERITS (middle1, middle2);
