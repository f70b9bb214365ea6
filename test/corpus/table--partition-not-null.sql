-- majors: 18
-- A partition's NOT NULL can be its own beside its parent's, and then stays when the parent's is dropped.
CREATE TABLE public.p (a int, b int NOT NULL, c int CONSTRAINT c_there NOT NULL) PARTITION BY LIST (a);
CREATE TABLE public.named PARTITION OF public.p (b CONSTRAINT mine NOT NULL) FOR VALUES IN (1);
CREATE TABLE public.unnamed PARTITION OF public.p (b NOT NULL, c NOT NULL) FOR VALUES IN (2);
CREATE TABLE public.later PARTITION OF public.p FOR VALUES IN (3) PARTITION BY LIST (b);
ALTER TABLE public.later ALTER COLUMN b SET NOT NULL;
CREATE TABLE public.below PARTITION OF public.later DEFAULT;
ALTER TABLE public.below ALTER COLUMN c SET NOT NULL;
CREATE TABLE public.inherited PARTITION OF public.p DEFAULT;
INSERT INTO public.p SELECT n, n, n FROM generate_series(1, 5) n;
