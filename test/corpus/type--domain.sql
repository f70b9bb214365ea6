-- Domains: defaults, collations, NOT NULL, checks whose names must be quoted, domains over every kind of type, checks NOT VALID.
CREATE DOMAIN plain AS integer;
CREATE DOMAIN money2 AS numeric(12,2) DEFAULT 0.00 NOT NULL CONSTRAINT positive CHECK (VALUE >= 0);
CREATE DOMAIN code AS character varying(10) COLLATE "C" DEFAULT 'it''s'
    CONSTRAINT "Zulu" CHECK (VALUE <> '')
    CONSTRAINT "al""pha; --" CHECK (VALUE ~ '^[a-z'']+$');
CREATE DOMAIN over_domain AS money2 CHECK (VALUE < 1000);
CREATE DOMAIN inherits_default AS money2;
CREATE DOMAIN no_default AS money2;
ALTER DOMAIN no_default DROP DEFAULT;
CREATE DOMAIN stamped AS timestamp(0) without time zone DEFAULT now() NOT NULL;
CREATE DOMAIN tags AS text[] DEFAULT '{}' CHECK (array_length(VALUE, 1) < 10);
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN mood_d AS mood DEFAULT 'ok'::mood CHECK (VALUE <> 'sad'::mood);
CREATE TYPE pair AS (a integer, b integer);
CREATE DOMAIN ordered AS pair CHECK ((VALUE).a <= (VALUE).b);
CREATE DOMAIN span AS int4range CHECK (NOT isempty(VALUE));

CREATE DOMAIN "Late ""checks""" AS text;
ALTER DOMAIN "Late ""checks""" ADD CONSTRAINT short CHECK (length(VALUE) < 10) NOT VALID;
ALTER DOMAIN "Late ""checks""" ADD CONSTRAINT long CHECK (length(VALUE) > 1);
ALTER DOMAIN "Late ""checks""" ADD CONSTRAINT proven CHECK (VALUE <> 'x') NOT VALID;
ALTER DOMAIN "Late ""checks""" VALIDATE CONSTRAINT proven;

CREATE FUNCTION is_even(integer) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT $1 % 2 = 0 $$;
CREATE DOMAIN even AS integer CHECK (is_even(VALUE)) DEFAULT abs(-2);

-- The function of the check has an argument of the domain itself.
CREATE DOMAIN loop AS integer;
CREATE FUNCTION looks_fine(loop) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
ALTER DOMAIN loop ADD CONSTRAINT fine CHECK (looks_fine(VALUE));
ALTER DOMAIN loop ADD CONSTRAINT simple CHECK (VALUE > 0);

COMMENT ON DOMAIN money2 IS 'an amount';
COMMENT ON CONSTRAINT positive ON DOMAIN money2 IS 'never below zero';
COMMENT ON CONSTRAINT "al""pha; --" ON DOMAIN code IS 'hostile';
COMMENT ON CONSTRAINT short ON DOMAIN "Late ""checks""" IS 'comes late';
COMMENT ON CONSTRAINT fine ON DOMAIN loop IS 'taken out';

CREATE TABLE uses (a money2, b code, c "Late ""checks""", d even[], e ordered, g no_default);
CREATE TABLE looped (f loop DEFAULT 3);
INSERT INTO uses VALUES (1.5, 'abc', 'xyz', '{2,4}', ROW(1, 2), 1), (2, 'x', 'xy', NULL, NULL, 2);
