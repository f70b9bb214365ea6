-- Procedures: arguments of all modes, settings, comments.
CREATE SCHEMA "P s";
CREATE PROCEDURE simple() LANGUAGE sql AS $$ SELECT 1 $$;
CREATE PROCEDURE "P s"."Do ""it"""(a integer DEFAULT 1, INOUT b text DEFAULT 'x', VARIADIC c text[] DEFAULT '{}')
    LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'P s', public AS $$ BEGIN COMMIT; END $$;
CREATE PROCEDURE overloaded(integer) LANGUAGE sql AS '';
CREATE PROCEDURE overloaded(text) LANGUAGE sql AS '';
COMMENT ON PROCEDURE simple() IS 'simple';
COMMENT ON PROCEDURE "P s"."Do ""it"""(integer, text, text[]) IS 'it''s done';
COMMENT ON PROCEDURE overloaded(text) IS 'by text';
