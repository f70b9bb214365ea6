-- CHECK constraints of domains that call functions, which read rows of tables that come later.
CREATE TABLE public.z (id int PRIMARY KEY);
INSERT INTO public.z VALUES (1), (2), (3);
CREATE FUNCTION public.known(k int) RETURNS boolean LANGUAGE plpgsql
  AS 'BEGIN RETURN k IS NULL OR EXISTS (SELECT FROM public.z WHERE id = k); END';
CREATE DOMAIN public.known_id AS int CONSTRAINT known CHECK (public.known(VALUE)) CONSTRAINT positive CHECK (VALUE > 0);
CREATE DOMAIN public.small_id AS public.known_id CHECK (VALUE < 10);
COMMENT ON CONSTRAINT known ON DOMAIN public.known_id IS 'late';
CREATE TABLE public.a (k public.known_id, d public.small_id DEFAULT 1);
INSERT INTO public.a VALUES (1, 2), (3, NULL);
CREATE INDEX ON public.a (k);
CREATE VIEW public.av AS SELECT k FROM public.a;
CREATE MATERIALIZED VIEW public.am AS SELECT k FROM public.a;
CREATE TABLE public.p (k public.known_id) PARTITION BY LIST (k);
CREATE TABLE public.p1 PARTITION OF public.p FOR VALUES IN (1);
INSERT INTO public.p VALUES (1);

-- Held inside others, so that no CHECK can be added once there is a column: these stay in CREATE DOMAIN.
CREATE FUNCTION public.odd(k int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT k IS NULL OR k % 2 = 1';
CREATE DOMAIN public.in_array AS int CHECK (public.odd(VALUE));
CREATE DOMAIN public.in_range AS int CHECK (public.odd(VALUE));
CREATE DOMAIN public.in_composite AS int CHECK (public.odd(VALUE));
CREATE DOMAIN public.in_row AS int CHECK (public.odd(VALUE));
CREATE DOMAIN public.below_domain AS int CHECK (public.odd(VALUE));
CREATE DOMAIN public.above_domain AS public.below_domain;
CREATE TYPE public.odd_range AS RANGE (subtype = public.in_range);
CREATE TYPE public.pair AS (a public.in_composite, b int);
CREATE DOMAIN public.odd_array AS public.in_array[];
CREATE TABLE public.rows_of (v public.in_row);
CREATE TABLE public.holders (a public.odd_array, b public.in_array[], c public.odd_range, d public.pair, e public.rows_of,
  f public.above_domain[]);
INSERT INTO public.holders VALUES ('{1}', '{3}', '[1,5)', '(1,2)', '(3)', '{5}');
