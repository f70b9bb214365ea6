-- Views that read themselves, which CREATE OR REPLACE VIEW allows.
CREATE TABLE public.t (id int, v text);
CREATE VIEW public.simple AS SELECT id, v FROM public.t;
CREATE OR REPLACE VIEW public.simple AS SELECT id, v FROM public.simple;
CREATE VIEW public.inside AS SELECT 1 AS a;
CREATE OR REPLACE VIEW public.inside AS SELECT (SELECT max(a) FROM public.inside)::int AS a;
CREATE VIEW public.no_column AS SELECT 1 AS n;
CREATE OR REPLACE VIEW public.no_column WITH (security_barrier) AS SELECT 2 AS n FROM public.no_column;
COMMENT ON VIEW public.simple IS 'reads itself';
-- Views that do not.
CREATE VIEW public.plain AS SELECT id FROM public.t;
CREATE VIEW public.above AS SELECT * FROM public.simple;
CREATE RULE ins AS ON INSERT TO public.plain DO INSTEAD INSERT INTO public.t VALUES (new.id);
