-- majors: 14-18
-- SQL-standard function bodies, which PostgreSQL stores parsed, with their dependencies.
CREATE TABLE goods (id integer PRIMARY KEY, "Na me" text, price numeric);
CREATE FUNCTION ret(a integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN a + 1;
CREATE FUNCTION ret_text(a text DEFAULT 'it''s') RETURNS text RETURN a || ' \ ' || $$x'y$$;
CREATE FUNCTION atomic(n integer) RETURNS SETOF goods
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT * FROM goods WHERE id = n AND ret(n) > 0;
END;
CREATE FUNCTION empty_body() RETURNS void LANGUAGE sql BEGIN ATOMIC END;
CREATE FUNCTION changes("Arg" text) RETURNS integer
BEGIN ATOMIC
    INSERT INTO goods (id, "Na me") VALUES (1, "Arg");
    UPDATE goods SET "Na me" = upper("Arg") WHERE id = 1;
    SELECT count(*)::integer FROM goods;
END;
CREATE FUNCTION countdown(n integer) RETURNS integer RETURN n;
CREATE OR REPLACE FUNCTION countdown(n integer) RETURNS integer RETURN CASE WHEN n < 1 THEN 0 ELSE countdown(n - 1) END;
CREATE PROCEDURE proc(a integer)
BEGIN ATOMIC
    DELETE FROM goods WHERE id = a;
END;
CREATE FUNCTION calls_later() RETURNS integer RETURN ret(2);
CREATE VIEW v AS SELECT ret(id) AS next FROM goods;
CREATE FUNCTION from_view() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM v; END;
ALTER TABLE goods ADD COLUMN n integer DEFAULT ret(1);
COMMENT ON FUNCTION ret(integer) IS 'returns';
