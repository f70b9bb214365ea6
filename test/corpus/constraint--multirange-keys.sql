-- majors: 14-18
-- As constraint--range-keys, of a multirange type.
CREATE TYPE words AS RANGE (subtype = tsvector);
CREATE TABLE r (w words_multirange PRIMARY KEY, n int4multirange UNIQUE);
CREATE TABLE s (w words_multirange CONSTRAINT w REFERENCES r, n int4multirange CONSTRAINT n REFERENCES r (n));
INSERT INTO r VALUES ('{[a,b)}', '{}'), ('{(,)}', '{[1,2)}');
INSERT INTO s VALUES ('{(,)}', '{}'), ('{[a,b)}', '{[1,2)}');
