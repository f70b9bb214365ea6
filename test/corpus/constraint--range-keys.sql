-- Foreign keys of ranges, whose rows are checked by a join. Not every subtype can be hashed.
CREATE TYPE words AS RANGE (subtype = tsvector);
CREATE DOMAIN some_words AS words;
CREATE TYPE pair AS (n int, w tsvector);
CREATE TABLE r (w words PRIMARY KEY, above words CONSTRAINT itself REFERENCES r ON DELETE CASCADE, n int4range UNIQUE, l words[] UNIQUE, p pair UNIQUE, d some_words UNIQUE);
CREATE TABLE s (w words CONSTRAINT w REFERENCES r, n int4range CONSTRAINT n REFERENCES r (n), l words[] CONSTRAINT l REFERENCES r (l), p pair CONSTRAINT p REFERENCES r (p), d some_words CONSTRAINT d REFERENCES r (d));
CREATE TABLE parts (w words) PARTITION BY LIST (w);
CREATE TABLE part PARTITION OF parts DEFAULT;
ALTER TABLE parts ADD CONSTRAINT whole FOREIGN KEY (w) REFERENCES r;
INSERT INTO r VALUES ('[a,b)', NULL, '[1,2)', '{}', '(1,a)', '[c,d)'), ('(,)', '[a,b)', '[3,4)', '{"(,)"}', '(2,b)', 'empty');
INSERT INTO s VALUES ('(,)', '[1,2)', '{"(,)"}', '(1,a)', 'empty'), ('[a,b)', '[3,4)', '{}', '(2,b)', '[c,d)');
INSERT INTO parts VALUES ('(,)');
