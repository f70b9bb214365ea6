-- majors: 17-18
-- Inherited columns that were given another expression.
CREATE TABLE public.p (a int, b int GENERATED ALWAYS AS (a + 1) STORED);
CREATE TABLE public.c () INHERITS (public.p);
ALTER TABLE public.c ALTER b SET EXPRESSION AS (a + 2);
CREATE TABLE public.below () INHERITS (public.c);
CREATE TABLE public.changed_below () INHERITS (public.p);
CREATE TABLE public.changed_below_1 () INHERITS (public.changed_below);
ALTER TABLE public.changed_below_1 ALTER b SET EXPRESSION AS (a * 3);
CREATE TABLE public.r (a int, b int GENERATED ALWAYS AS (a + 1) STORED) PARTITION BY LIST (a);
CREATE TABLE public.r1 PARTITION OF public.r FOR VALUES IN (1);
ALTER TABLE public.r1 ALTER b SET EXPRESSION AS (a + 2);
INSERT INTO public.c VALUES (1);
INSERT INTO public.r VALUES (1);
