-- Identity columns of children whose parents have a default.
CREATE TABLE public.above (n int DEFAULT 7, x text);
CREATE TABLE public.attached (n int NOT NULL GENERATED ALWAYS AS IDENTITY, x text);
ALTER TABLE public.attached INHERIT public.above;
CREATE TABLE public.inherits () INHERITS (public.above);
ALTER TABLE public.inherits ALTER n DROP DEFAULT, ALTER n SET NOT NULL, ALTER n ADD GENERATED ALWAYS AS IDENTITY;
