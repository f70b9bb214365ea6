-- majors: 15-18
-- Row filters, column lists and whole schemas.
CREATE SCHEMA "Sch ema";
CREATE TABLE "Sch ema".t (id int PRIMARY KEY, "we""ird" text, note text, state int);
CREATE TABLE plain (id int PRIMARY KEY, a text, b text);
CREATE PUBLICATION filtered FOR TABLE "Sch ema".t WHERE (state > 5 AND "we""ird" <> 'it''s'), plain WHERE (id IS NOT NULL) WITH (publish = 'insert');
CREATE PUBLICATION listed FOR TABLE "Sch ema".t (note, id, "we""ird"), plain (id);
CREATE PUBLICATION "both" FOR TABLE plain (id, b) WHERE (id < 100);
CREATE PUBLICATION schemas FOR TABLES IN SCHEMA "Sch ema", public;
CREATE PUBLICATION mixed FOR TABLES IN SCHEMA "Sch ema", TABLE plain WHERE (id = 1);
