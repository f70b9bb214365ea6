-- Access methods of tables and indexes, and objects that use them.
CREATE SCHEMA "AM";
CREATE FUNCTION "AM"."handler; index"(internal) RETURNS index_am_handler LANGUAGE internal AS 'hashhandler';
CREATE ACCESS METHOD "hash 2" TYPE INDEX HANDLER "AM"."handler; index";
CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;
COMMENT ON ACCESS METHOD heap2 IS 'it''s the heap';
CREATE OPERATOR CLASS int4_ops2 DEFAULT FOR TYPE integer USING "hash 2" AS
    OPERATOR 1 =, FUNCTION 1 hashint4(integer);
CREATE TABLE t (a integer) USING heap2;
CREATE INDEX i ON t USING "hash 2" (a int4_ops2);
CREATE MATERIALIZED VIEW m USING heap2 AS SELECT a FROM t;
