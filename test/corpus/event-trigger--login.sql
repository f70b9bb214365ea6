-- majors: 17-18
CREATE FUNCTION welcome() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN NULL; END$$;
CREATE EVENT TRIGGER at_login ON login EXECUTE FUNCTION welcome();
