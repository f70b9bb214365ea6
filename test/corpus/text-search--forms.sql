-- Text search parsers, templates, dictionaries with options that need quoting, configurations with mappings.
CREATE SCHEMA "Ts s";
CREATE TEXT SEARCH PARSER "Ts s"."Par;ser" (
    START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, HEADLINE = prsd_headline, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH PARSER bare (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE FUNCTION "Ts s".lexize(internal, internal, internal, internal) RETURNS internal LANGUAGE internal STRICT AS 'dsimple_lexize';
CREATE TEXT SEARCH TEMPLATE "Ts s"."Temp late" (INIT = dsimple_init, LEXIZE = "Ts s".lexize);
CREATE TEXT SEARCH TEMPLATE no_init (LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = pg_catalog.simple);
CREATE TEXT SEARCH DICTIONARY "Ts s"."Dict; ionary" (TEMPLATE = "Ts s"."Temp late", Accept = false, stopwords = english);
CREATE TEXT SEARCH DICTIONARY stemmer (TEMPLATE = snowball, Language = english, StopWords = english);
CREATE TEXT SEARCH CONFIGURATION empty (PARSER = "Ts s"."Par;ser");
CREATE TEXT SEARCH CONFIGURATION copied (COPY = pg_catalog.english);
CREATE TEXT SEARCH CONFIGURATION "Ts s"."Con fig" (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION "Ts s"."Con fig"
    ADD MAPPING FOR asciiword, word WITH "Ts s"."Dict; ionary", stemmer, pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION "Ts s"."Con fig" ADD MAPPING FOR "numhword", "int", email WITH plain;
ALTER TEXT SEARCH CONFIGURATION copied DROP MAPPING FOR url, host;
ALTER TEXT SEARCH CONFIGURATION copied ALTER MAPPING FOR asciiword WITH plain, english_stem;
COMMENT ON TEXT SEARCH PARSER "Ts s"."Par;ser" IS 'a parser';
COMMENT ON TEXT SEARCH TEMPLATE "Ts s"."Temp late" IS 'a template';
COMMENT ON TEXT SEARCH DICTIONARY "Ts s"."Dict; ionary" IS 'it''s a dictionary';
COMMENT ON TEXT SEARCH CONFIGURATION "Ts s"."Con fig" IS 'a configuration';
CREATE TABLE t (body text, words tsvector GENERATED ALWAYS AS (to_tsvector('"Ts s"."Con fig"'::regconfig, body)) STORED);
CREATE INDEX i ON t USING gin (to_tsvector('copied'::regconfig, body));
