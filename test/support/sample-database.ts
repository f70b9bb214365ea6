/** A database that holds one of everything which the data path treats in its own way. */

export const SAMPLE_DATABASE = String.raw`
CREATE SCHEMA "Odd ""Name";
CREATE TYPE public.mood AS ENUM ('sad', 'so-so', 'happy');

CREATE TABLE public.parent (
  id bigserial PRIMARY KEY,
  name text NOT NULL,
  raw bytea,
  at timestamptz,
  span interval,
  feeling public.mood,
  tags text[],
  doc jsonb,
  ratio float8,
  upper_name text GENERATED ALWAYS AS (upper(name)) STORED
);
INSERT INTO public.parent (name, raw, at, span, feeling, tags, doc, ratio)
SELECT E'row\t' || i || E'\n\\.\\N "q" ''s'' ' || repeat('x', i % 50),
       CASE WHEN i % 3 = 0 THEN NULL ELSE decode(md5(i::text), 'hex') END,
       timestamptz '2024-02-29 12:00:00.123456+02' + i * interval '1 hour',
       make_interval(0, i, 0, -i, 0, 0, i / 7.0),
       (ARRAY['sad', 'so-so', 'happy'])[1 + i % 3]::public.mood,
       ARRAY['a', NULL, '', E'b"c,\\d'],
       jsonb_build_object('i', i, 'text', E'line\nbreak'),
       CASE WHEN i % 10 = 0 THEN 'NaN' ELSE sqrt(i) END
FROM generate_series(1, 3000) AS i;
UPDATE public.parent SET name = '' WHERE id % 500 = 0;
INSERT INTO public.parent (name, doc) VALUES (repeat('huge ', 300000), '{}');
SELECT setval('public.parent_id_seq', 777777);

CREATE TABLE public.child (
  id int GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5) PRIMARY KEY,
  parent_id bigint REFERENCES public.parent ON DELETE CASCADE,
  self_id int REFERENCES public.child DEFERRABLE,
  note varchar(20) DEFAULT 'none' CHECK (note <> 'bad')
);
INSERT INTO public.child (parent_id, note) SELECT i, 'n' || i FROM generate_series(1, 500) AS i;
UPDATE public.child SET self_id = 10 WHERE id > 10;
CREATE INDEX child_parent ON public.child (parent_id) WHERE note IS NOT NULL;

CREATE TABLE public.no_columns ();
INSERT INTO public.no_columns SELECT FROM generate_series(1, 7);
CREATE TABLE public.only_generated (g int GENERATED ALWAYS AS (1 + 1) STORED);
INSERT INTO public.only_generated DEFAULT VALUES;
CREATE TABLE public.empty (a int);

CREATE TABLE "Odd ""Name"."select" ("from" int, "a b" text, PRIMARY KEY ("a b"));
INSERT INTO "Odd ""Name"."select" SELECT i, 'k' || i FROM generate_series(1, 50) AS i;

CREATE TABLE public.base (a int, b text);
CREATE TABLE public.derived (c text) INHERITS (public.base);
INSERT INTO public.base VALUES (1, 'base');
INSERT INTO public.derived VALUES (2, 'derived', 'more');

CREATE TABLE public.log (id bigint, at date NOT NULL, what text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE public.log_2024 (what text, at date NOT NULL, id bigint NOT NULL);
ALTER TABLE public.log ATTACH PARTITION public.log_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE public.log_rest PARTITION OF public.log DEFAULT;
INSERT INTO public.log SELECT i, date '2024-12-01' + i, 'event ' || i FROM generate_series(1, 60) AS i;

CREATE VIEW public.happy AS SELECT id, name FROM public.parent WHERE feeling = 'happy';
CREATE MATERIALIZED VIEW public.counts AS SELECT feeling, count(*) AS n FROM public.parent GROUP BY feeling;
CREATE SEQUENCE public.fresh;
CREATE SEQUENCE public."Down" AS smallint INCREMENT BY -3 MAXVALUE 100 START WITH 40;
SELECT nextval('public."Down"'), nextval('public."Down"');

CREATE FUNCTION public.stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.note := coalesce(NEW.note, 'stamped');
  RETURN NEW;
END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.child FOR EACH ROW EXECUTE FUNCTION public.stamp();

SELECT lo_from_bytea(4711, decode(repeat('00ff10', 5000), 'hex'));
SELECT lo_from_bytea(4712, '');
`;

/** Rows and their checksum for each table, sequence positions and large objects; equal for equal databases. */
export const CHECKSUMS = String.raw`
SELECT c.oid::regclass::text AS name, x.rows, x.sum
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
LATERAL (SELECT (xpath('/row/n/text()', t.doc))[1]::text AS rows, (xpath('/row/s/text()', t.doc))[1]::text AS sum
         FROM (SELECT query_to_xml(format(
           CASE WHEN c.relkind = 'S' THEN 'SELECT last_value AS n, is_called AS s FROM %s'
           ELSE 'SELECT count(*) AS n, md5(string_agg(t::text, E''\n'' ORDER BY t::text COLLATE "C")) AS s FROM ONLY %s t' END,
           c.oid::regclass), false, true, '') AS doc) AS t) AS x
WHERE c.relkind IN ('r', 'm', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
UNION ALL
SELECT 'large object ' || oid, length(lo_get(oid))::text, md5(lo_get(oid)) FROM pg_largeobject_metadata
ORDER BY 1`;
