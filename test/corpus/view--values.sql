-- VALUES under the names of a view.
CREATE VIEW public.named (q, "W w") AS VALUES (1, 'a)'), (2, NULL);
CREATE VIEW public.unnamed AS VALUES (1, 'a'), (2, NULL);
CREATE VIEW public.half (column1, w) AS VALUES (1, 2);
CREATE VIEW public.united (a) AS (VALUES (1), (2)) UNION ALL SELECT 3;
CREATE VIEW public.both (a) AS (VALUES (1), (2)) EXCEPT (VALUES (2));
CREATE VIEW public.sorted (a, b) AS VALUES (1, 2) ORDER BY 1 LIMIT 1;
CREATE VIEW public.after_with (a) AS WITH x AS (SELECT 1) VALUES (1), (2);
CREATE MATERIALIZED VIEW public.stored (q, w) AS VALUES (1, 'a'), (2, NULL);
CREATE VIEW public.below AS SELECT * FROM (VALUES (1, 2)) AS x (a, b);
CREATE VIEW public.alias AS SELECT column1 AS a FROM (VALUES (1, 2)) AS "*VALUES*";
CREATE VIEW public.subquery AS SELECT (SELECT max(n) FROM (VALUES (1), (2)) AS v (n)) AS m;
ALTER VIEW public.unnamed RENAME COLUMN column2 TO second;
