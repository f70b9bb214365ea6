-- Conversions between encodings.
CREATE SCHEMA "Cv s";
CREATE CONVERSION plain FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE DEFAULT CONVERSION "Cv s"."de; fault" FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
CREATE DEFAULT CONVERSION "Cv s".other FOR 'LATIN2' TO 'UTF8' FROM iso8859_to_utf8;
COMMENT ON CONVERSION plain IS 'it''s plain';
COMMENT ON CONVERSION "Cv s"."de; fault" IS 'default';
