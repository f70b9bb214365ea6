-- roles: corpus_alice, corpus_bob
-- Large objects: empty, one byte, several pages, with holes, ending at a page boundary; owners, privileges, comments.
SELECT lo_create(20001), lo_create(7), lo_create(4294967295);
SELECT lo_put(7, 0, '\x00');
SELECT lo_from_bytea(20002, decode(repeat('00ff5c0a09', 3000), 'hex'));
SELECT lo_create(20003);
SELECT lo_put(20003, 100000, 'far away'), lo_put(20003, 10, 'near');
SELECT lo_create(20004);
SELECT lo_put(20004, 0, decode(repeat('ab', 5000), 'hex'));
BEGIN;
SELECT lo_truncate(lo_open(20004, 131072), 4096);
COMMIT;
SELECT lo_create(20005);
BEGIN;
SELECT lo_truncate(lo_open(20005, 131072), 8192);
COMMIT;
SELECT lo_put(20005, 9000, 'after an empty page');
ALTER LARGE OBJECT 20002 OWNER TO corpus_alice;
GRANT SELECT ON LARGE OBJECT 20002 TO corpus_bob, PUBLIC;
GRANT ALL ON LARGE OBJECT 7 TO corpus_bob WITH GRANT OPTION;
REVOKE ALL ON LARGE OBJECT 20001 FROM CURRENT_USER;
COMMENT ON LARGE OBJECT 7 IS 'a small one''s comment';
COMMENT ON LARGE OBJECT 20003 IS 'a big one''s';
