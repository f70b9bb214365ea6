-- A child's column without the default of its parent has none, whatever its type makes of NULL.
CREATE DOMAIN public.with_default AS int DEFAULT 7;
CREATE TABLE public.p (a varchar(5) DEFAULT 'x', b public.with_default DEFAULT 1, c int DEFAULT 2);
CREATE TABLE public.inherited () INHERITS (public.p);
ALTER TABLE public.inherited ALTER a DROP DEFAULT, ALTER b DROP DEFAULT, ALTER c DROP DEFAULT;
CREATE TABLE public.merged (a varchar(5), b public.with_default, c int) INHERITS (public.p);
ALTER TABLE public.merged ALTER a DROP DEFAULT, ALTER b DROP DEFAULT, ALTER c DROP DEFAULT;
-- Nor have tables below it, which take what it has when they are created.
CREATE TABLE public.below () INHERITS (public.inherited);
CREATE TABLE public.below_too (d int) INHERITS (public.merged, public.inherited);
