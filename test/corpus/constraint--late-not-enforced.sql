-- majors: 18
-- CHECK constraints that call functions and are not enforced.
CREATE FUNCTION public.never(int) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT false';
CREATE TABLE public.a (k int, CONSTRAINT c CHECK (public.never(k)) NOT ENFORCED);
CREATE TABLE public.b () INHERITS (public.a);
CREATE TABLE public.c (k int, CONSTRAINT c CHECK (public.never(k)) NOT ENFORCED) PARTITION BY LIST (k);
CREATE TABLE public.d PARTITION OF public.c DEFAULT;
INSERT INTO public.b VALUES (1);
INSERT INTO public.c VALUES (1);
