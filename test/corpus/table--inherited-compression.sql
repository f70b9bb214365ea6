-- majors: 14-18
-- A parent's compression that came after its children, which have none; of several parents any one may have it.
CREATE TABLE top (a text);
CREATE TABLE middle (a text) INHERITS (top);
CREATE TABLE merged (a text NOT NULL) INHERITS (middle, top);
CREATE TABLE later (a text) INHERITS (middle, top);
ALTER TABLE top ALTER a SET COMPRESSION pglz;
CREATE TABLE brought () INHERITS (middle, top);
