-- majors: 13-17
-- Until 17 a partitioned table can be unlogged. Its foreign keys then may refer to unlogged tables.
CREATE UNLOGGED TABLE public.p (a int PRIMARY KEY) PARTITION BY RANGE (a);
CREATE UNLOGGED TABLE public.p1 PARTITION OF public.p FOR VALUES FROM (1) TO (10);
CREATE TABLE public.p2 PARTITION OF public.p FOR VALUES FROM (10) TO (20);
CREATE UNLOGGED TABLE public.q (a int PRIMARY KEY);
CREATE UNLOGGED TABLE public.n (a int REFERENCES public.q, b int REFERENCES public.p) PARTITION BY LIST (a);
CREATE UNLOGGED TABLE public.n1 PARTITION OF public.n DEFAULT;
INSERT INTO public.q VALUES (1);
INSERT INTO public.p VALUES (1), (11);
INSERT INTO public.n VALUES (1, 1);
