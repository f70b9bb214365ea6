-- majors: 14-18
CREATE TABLE packed (a text COMPRESSION pglz, b text);
INSERT INTO packed SELECT repeat('abc', 1000), repeat('def', 1000);
