-- majors: 17-18
-- NOT NULL constraints of domains with names and comments.
CREATE DOMAIN d1 AS integer CONSTRAINT "Must be" NOT NULL;
CREATE DOMAIN d2 AS integer NOT NULL;
CREATE DOMAIN d3 AS integer CONSTRAINT d2_not_null NOT NULL CHECK (VALUE > 0);
CREATE DOMAIN d4 AS integer;
ALTER DOMAIN d4 SET NOT NULL;
CREATE DOMAIN a_domain_with_a_name_that_leaves_no_room_for_what_is_added_to_it AS integer NOT NULL;
COMMENT ON CONSTRAINT "Must be" ON DOMAIN d1 IS 'it''s needed';
COMMENT ON CONSTRAINT d2_not_null ON DOMAIN d2 IS 'named by the server';
