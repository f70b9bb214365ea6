-- majors: 13-17
-- 18 has no unlogged partitioned tables: there n's key can only be that of its unlogged partition.
CREATE UNLOGGED TABLE public.q (a int PRIMARY KEY);
CREATE UNLOGGED TABLE public.n (a int REFERENCES public.q) PARTITION BY LIST (a);
CREATE UNLOGGED TABLE public.n1 PARTITION OF public.n DEFAULT;
CREATE TABLE public.n2 PARTITION OF public.n FOR VALUES IN (2);
INSERT INTO public.q VALUES (1), (2);
INSERT INTO public.n VALUES (1), (2);
COMMENT ON CONSTRAINT n_a_fkey ON public.n IS 'refused by 18';
COMMENT ON CONSTRAINT n_a_fkey ON public.n1 IS 'fine in 18';
COMMENT ON CONSTRAINT n_a_fkey ON public.n2 IS 'refused by 18, too';
