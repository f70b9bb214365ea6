-- ICU collations, deterministic and nondeterministic.
CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk');
CREATE COLLATION "case less" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION root FROM "und-x-icu";
COMMENT ON COLLATION "case less" IS 'A = a';
CREATE TABLE t (a text COLLATE german, b text COLLATE "case less" UNIQUE);
CREATE DOMAIN word AS text COLLATE root;
