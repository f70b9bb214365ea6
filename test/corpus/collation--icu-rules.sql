-- majors: 16-18
-- ICU collations with additional rules.
CREATE COLLATION ruled (provider = icu, locale = 'und', rules = '&V << w <<< W');
CREATE COLLATION quoted (provider = icu, locale = 'en-US', rules = '& ''a'' < b', deterministic = false);
