-- majors: 16-18
-- Collations of ICU with rules of their own.
CREATE COLLATION ruled (provider = icu, locale = 'und', rules = '&V << w <<< W');
CREATE COLLATION quoted (provider = icu, locale = 'en-US', rules = '& ''a'' < b', deterministic = false);
