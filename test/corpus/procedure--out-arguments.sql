-- majors: 14-18
-- OUT arguments belong to the identity of a procedure.
CREATE PROCEDURE p(IN a integer, OUT b integer, OUT "C c" text) LANGUAGE plpgsql AS $$ BEGIN b := a; END $$;
CREATE PROCEDURE p(IN a text, OUT b integer) LANGUAGE plpgsql AS $$ BEGIN b := 1; END $$;
COMMENT ON PROCEDURE p(IN integer, OUT integer, OUT text) IS 'with two results';
COMMENT ON PROCEDURE p(IN text, OUT integer) IS 'with one';
