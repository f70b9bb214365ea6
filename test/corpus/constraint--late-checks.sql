-- CHECK constraints that call functions, which read rows of tables that come later.
CREATE TABLE public.z (id int PRIMARY KEY);
INSERT INTO public.z VALUES (1), (2), (3);
CREATE FUNCTION public.known(k int) RETURNS boolean LANGUAGE sql STABLE
  AS 'SELECT EXISTS (SELECT FROM public.z WHERE id = k)';
CREATE FUNCTION public.known_too(k int) RETURNS boolean LANGUAGE plpgsql STABLE
  AS 'BEGIN RETURN EXISTS (SELECT FROM public.z WHERE id = k); END';
CREATE FUNCTION public.is_known(k int, text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT public.known_too(k)';
CREATE OPERATOR public.<?> (LEFTARG = int, RIGHTARG = text, FUNCTION = public.is_known);

CREATE TABLE public.a (k int CHECK (public.known(k)), v int CHECK (v > 0),
  CONSTRAINT "a named" CHECK (k OPERATOR(public.<?>) 'z') NO INHERIT);
INSERT INTO public.a VALUES (1, 1);
ALTER TABLE public.a ADD CONSTRAINT later CHECK (public.known(v)) NOT VALID;
COMMENT ON CONSTRAINT "a named" ON public.a IS 'named';

-- Inherited, merged with a child's own, in three levels and from two parents.
CREATE TABLE public.base (k int, CONSTRAINT known CHECK (public.known(k)));
CREATE TABLE public.child () INHERITS (public.base);
CREATE TABLE public.own (CONSTRAINT known CHECK (public.known(k)), CONSTRAINT more CHECK (public.known_too(k))) INHERITS (public.base);
CREATE TABLE public.both () INHERITS (public.child, public.own);
CREATE TABLE public.below (CONSTRAINT known CHECK (public.known(k))) INHERITS (public.child);
CREATE TABLE public.attached (x int, k int, CONSTRAINT known CHECK (public.known(k)));
ALTER TABLE public.attached INHERIT public.base;
CREATE TABLE public.left_alone () INHERITS (public.own);
ALTER TABLE public.left_alone NO INHERIT public.own;
INSERT INTO public.child VALUES (1);
INSERT INTO public.own VALUES (2);
INSERT INTO public.both VALUES (3);
INSERT INTO public.attached VALUES (7, 1);
COMMENT ON CONSTRAINT known ON public.child IS 'inherited';
COMMENT ON CONSTRAINT known ON public.below IS 'its own, too';

-- A parent's that is not valid, and a child's that is.
CREATE TABLE public.loose (k int);
CREATE TABLE public.strict (CONSTRAINT kn CHECK (public.known(k))) INHERITS (public.loose);
INSERT INTO public.loose VALUES (9);
INSERT INTO public.strict VALUES (1);
ALTER TABLE public.loose ADD CONSTRAINT kn CHECK (public.known(k)) NOT VALID;

-- Partitions, of which one has a constraint of its own.
CREATE TABLE public.p (k int, v int, CONSTRAINT known CHECK (public.known(k))) PARTITION BY LIST (k);
CREATE TABLE public.p1 PARTITION OF public.p FOR VALUES IN (1);
CREATE TABLE public.p2 (v int, k int, CONSTRAINT known CHECK (public.known(k)), CONSTRAINT alone CHECK (public.known_too(v)));
ALTER TABLE public.p ATTACH PARTITION public.p2 FOR VALUES IN (2);
CREATE TABLE public.p3 PARTITION OF public.p DEFAULT PARTITION BY RANGE (v);
CREATE TABLE public.p31 PARTITION OF public.p3 DEFAULT;
INSERT INTO public.p VALUES (1, 1), (2, 2), (3, 3);
COMMENT ON CONSTRAINT known ON public.p IS 'of all';
COMMENT ON CONSTRAINT known ON public.p1 IS 'of one';

-- Of a typed table and a foreign table, and of a table whose row type the function takes.
CREATE TYPE public.shape AS (k int, v text);
CREATE TABLE public.typed OF public.shape (CONSTRAINT known CHECK (public.known(k)));
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE public.far (k int, CONSTRAINT known CHECK (public.known(k))) SERVER nowhere;
CREATE TABLE public.self (k int);
CREATE FUNCTION public.fits(r public.self) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT public.known((r).k)';
ALTER TABLE public.self ADD CONSTRAINT fits CHECK (public.fits(self));
INSERT INTO public.self VALUES (1);
