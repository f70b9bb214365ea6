/**
 * The statements that dumps write, by the kind of their object: patterns of their shapes (`src/sql/statement-shape.ts`).
 * What an archive holds beside them was written by somebody else. A pattern that ends in `…` takes any rest without a
 * comma outside parentheses, so that no second action of ALTER can follow.
 */
import type { ObjectKind } from "../../catalog/kinds.ts";

const ALTER_COLUMN = "ALTER COLUMN NAME";
const TABLE = "(FOREIGN )?TABLE (ONLY )?NAME";
const AUTHORIZATION = ["SET SESSION AUTHORIZATION NAME", "RESET SESSION AUTHORIZATION"];
const TABLESPACE = ["SET LOCAL DEFAULT_TABLESPACE = (NAME|'s')"];
const COLUMN_DEFAULT = `ALTER ${TABLE} ${ALTER_COLUMN} (SET DEFAULT …|DROP DEFAULT)`;
const COLUMN_SETTINGS = [
  `ALTER (TABLE|FOREIGN TABLE|MATERIALIZED VIEW) (ONLY )?NAME ${ALTER_COLUMN} SET (STORAGE|STATISTICS|COMPRESSION) -? ?NAME`,
  `ALTER (TABLE|FOREIGN TABLE|MATERIALIZED VIEW) (ONLY )?NAME ${ALTER_COLUMN} SET \\(\\)`,
];
const NOT_NULL_ALONE = "ALTER TABLE NAME ALTER CONSTRAINT NAME NO INHERIT";
const CREATE_TABLE = [
  "CREATE (UNLOGGED )?TABLE NAME( OF NAME)?( \\(\\))?( INHERITS \\(\\))?( PARTITION BY NAME \\(\\))?( USING NAME)?( WITH \\(\\))?( TABLESPACE NAME)?",
  `ALTER ${TABLE} ${ALTER_COLUMN} (SET NOT NULL|DROP NOT NULL|SET EXPRESSION AS \\(\\)|OPTIONS \\(\\))`,
  NOT_NULL_ALONE,
  COLUMN_DEFAULT,
  ...COLUMN_SETTINGS,
];
const CONSTRAINT_STATE =
  "( DEFERRABLE)?( INITIALLY DEFERRED)?( NO INHERIT)?( NOT VALID)?( NOT ENFORCED)?";
const CREATE_FUNCTION = "CREATE (OR REPLACE )?(FUNCTION|PROCEDURE) NAME \\(\\) .*";

const PATTERNS: Readonly<Record<ObjectKind, readonly string[]>> = {
  "access-method": ["CREATE ACCESS METHOD NAME TYPE (TABLE|INDEX) HANDLER NAME"],
  aggregate: ["CREATE AGGREGATE NAME \\(\\) \\(\\)"],
  cast: [
    "CREATE CAST \\(\\) (WITHOUT FUNCTION|WITH INOUT|WITH FUNCTION NAME \\(\\))( AS (ASSIGNMENT|IMPLICIT))?",
  ],
  "check-constraint": [
    `ALTER ${TABLE} ADD CONSTRAINT NAME (CHECK \\(\\)|NOT NULL NAME)${CONSTRAINT_STATE}`,
    `ALTER ${TABLE} VALIDATE CONSTRAINT NAME`,
    NOT_NULL_ALONE,
    "ALTER DOMAIN NAME (ADD CONSTRAINT NAME …|SET NOT NULL)",
    "ALTER DOMAIN NAME VALIDATE CONSTRAINT NAME",
  ],
  cluster: ["ALTER (TABLE|MATERIALIZED VIEW) NAME CLUSTER ON NAME"],
  collation: ["CREATE COLLATION NAME \\(\\)"],
  comment: ["COMMENT ON .* IS ('s'|NULL)"],
  conversion: ["CREATE (DEFAULT )?CONVERSION NAME FOR 's' TO 's' FROM NAME"],
  database: [
    "ALTER DATABASE NAME (CONNECTION LIMIT NAME|IS_TEMPLATE TRUE|SET .*)",
    "ALTER ROLE NAME IN DATABASE NAME SET .*",
  ],
  default: [COLUMN_DEFAULT, "ALTER DOMAIN NAME (SET DEFAULT …|DROP DEFAULT)"],
  "default-privileges": [
    ...AUTHORIZATION,
    "ALTER DEFAULT PRIVILEGES FOR ROLE NAME (IN SCHEMA NAME )?(GRANT|REVOKE) .*",
  ],
  domain: [
    "CREATE DOMAIN NAME AS .*",
    "ALTER DOMAIN NAME (SET DEFAULT …|DROP DEFAULT|ADD CONSTRAINT NAME …|VALIDATE CONSTRAINT NAME)",
  ],
  "event-trigger": [
    "CREATE EVENT TRIGGER NAME ON NAME( WHEN .*)? EXECUTE (FUNCTION|PROCEDURE) NAME \\(\\)",
    "ALTER EVENT TRIGGER NAME (DISABLE|ENABLE REPLICA|ENABLE ALWAYS)",
  ],
  extension: ["CREATE EXTENSION IF NOT EXISTS NAME WITH SCHEMA NAME"],
  "extension-dependency": ["ALTER .* DEPENDS ON EXTENSION NAME"],
  "foreign-data-wrapper": [
    "CREATE FOREIGN DATA WRAPPER NAME .*",
    "CREATE FOREIGN DATA WRAPPER NAME",
  ],
  "foreign-key": [
    `ALTER ${TABLE} ADD CONSTRAINT NAME FOREIGN KEY \\(\\) REFERENCES NAME \\(\\)…`,
    `ALTER ${TABLE} (VALIDATE CONSTRAINT NAME|ALTER CONSTRAINT NAME …)`,
    "SET LOCAL ENABLE_HASHJOIN (= OFF|TO DEFAULT)",
  ],
  "foreign-server": ["CREATE SERVER NAME .*"],
  "foreign-table": [
    "CREATE FOREIGN TABLE NAME .*",
    `ALTER ${TABLE} ${ALTER_COLUMN} (SET NOT NULL|DROP NOT NULL|OPTIONS \\(\\))`,
    COLUMN_DEFAULT,
    ...COLUMN_SETTINGS,
  ],
  function: [CREATE_FUNCTION],
  index: [
    ...TABLESPACE,
    "CREATE (UNIQUE )?INDEX NAME ON (ONLY )?NAME .*",
    "ALTER INDEX NAME ALTER COLUMN 0 SET STATISTICS 0",
  ],
  "index-attach": ["ALTER INDEX NAME ATTACH PARTITION NAME"],
  "key-constraint": [
    ...TABLESPACE,
    `ALTER ${TABLE} ADD CONSTRAINT NAME (PRIMARY KEY|UNIQUE|EXCLUDE) …`,
  ],
  language: [
    "CREATE (OR REPLACE )?(TRUSTED )?(PROCEDURAL )?LANGUAGE NAME HANDLER NAME( INLINE NAME)?( VALIDATOR NAME)?",
  ],
  "large-object": ["SELECT PG_CATALOG.LO_CREATE \\(0\\)"],
  "materialized-view": ["CREATE MATERIALIZED VIEW NAME .* WITH NO DATA", ...COLUMN_SETTINGS],
  operator: ["CREATE OPERATOR .+ \\(\\)"],
  "operator-class": ["CREATE OPERATOR CLASS NAME (DEFAULT )?FOR TYPE .* AS .*"],
  "operator-family": [
    "CREATE OPERATOR FAMILY NAME USING NAME",
    "ALTER OPERATOR FAMILY NAME USING NAME ADD .*",
  ],
  owner: ["ALTER .* OWNER TO NAME"],
  policy: ["CREATE POLICY NAME ON NAME .*", "CREATE POLICY NAME ON NAME"],
  privileges: [...AUTHORIZATION, "(GRANT|REVOKE) .*"],
  procedure: [CREATE_FUNCTION],
  publication: ["CREATE PUBLICATION NAME( FOR ALL TABLES)? WITH \\(\\)"],
  "publication-relation": ["ALTER PUBLICATION NAME ADD TABLE ONLY NAME( \\(\\))?( WHERE \\(\\))?"],
  "publication-schema": ["ALTER PUBLICATION NAME ADD TABLES IN SCHEMA NAME"],
  refresh: ["REFRESH MATERIALIZED VIEW NAME", "SET LOCAL ROW_SECURITY = (ON|OFF)"],
  "replica-identity": [`ALTER ${TABLE} REPLICA IDENTITY (NOTHING|FULL|USING INDEX NAME)`],
  "row-security": [`ALTER ${TABLE} (ENABLE|FORCE) ROW LEVEL SECURITY`],
  rule: [
    "CREATE RULE NAME AS ON .*",
    `ALTER (TABLE|VIEW) NAME (ENABLE|DISABLE)( REPLICA| ALWAYS)? RULE NAME`,
  ],
  schema: ["CREATE SCHEMA NAME", "DROP SCHEMA IF EXISTS PUBLIC"],
  "security-label": ["SECURITY LABEL FOR NAME ON .* IS 's'"],
  sequence: [
    "CREATE (UNLOGGED )?SEQUENCE NAME …",
    "ALTER SEQUENCE NAME RENAME TO NAME",
    "ALTER SEQUENCE NAME SET (LOGGED|UNLOGGED)",
    "ALTER SEQUENCE NAME AS NAME …",
    `ALTER ${TABLE} ${ALTER_COLUMN} ADD GENERATED (ALWAYS|BY DEFAULT) AS IDENTITY \\(\\)`,
  ],
  "sequence-owner": ["ALTER SEQUENCE NAME OWNED BY NAME"],
  "shell-type": ["CREATE TYPE NAME"],
  statistics: [
    "CREATE STATISTICS NAME( \\(\\))? ON .* FROM NAME",
    "ALTER STATISTICS NAME SET STATISTICS 0",
  ],
  subscription: [
    "CREATE SUBSCRIPTION NAME CONNECTION 's' PUBLICATION .* WITH \\(\\)",
    "ALTER SUBSCRIPTION NAME SET \\(\\)",
  ],
  table: CREATE_TABLE,
  "table-attach": [
    `ALTER TABLE ONLY NAME ATTACH PARTITION NAME …`,
    `ALTER ${TABLE} INHERIT NAME`,
    `ALTER TABLE ONLY NAME ${ALTER_COLUMN} SET NOT NULL`,
  ],
  "text-search-configuration": [
    "CREATE TEXT SEARCH CONFIGURATION NAME \\(\\)",
    "ALTER TEXT SEARCH CONFIGURATION NAME ADD MAPPING FOR NAME WITH .*",
  ],
  "text-search-dictionary": ["CREATE TEXT SEARCH DICTIONARY NAME \\(\\)"],
  "text-search-parser": ["CREATE TEXT SEARCH PARSER NAME \\(\\)"],
  "text-search-template": ["CREATE TEXT SEARCH TEMPLATE NAME \\(\\)"],
  transform: ["CREATE TRANSFORM FOR .* LANGUAGE NAME \\(\\)"],
  trigger: [
    "CREATE (CONSTRAINT )?TRIGGER NAME (BEFORE|AFTER|INSTEAD OF) .* EXECUTE (FUNCTION|PROCEDURE) NAME \\(\\)",
    "ALTER (FOREIGN )?TABLE NAME (ENABLE|DISABLE)( REPLICA| ALWAYS)? TRIGGER NAME",
    "ALTER TRIGGER NAME ON NAME RENAME TO NAME",
  ],
  type: [
    "CREATE TYPE NAME( AS( ENUM| RANGE)?)? \\(\\)",
    "ALTER FUNCTION NAME \\(\\) (RENAME TO|SET SCHEMA) NAME",
  ],
  "user-mapping": ["CREATE USER MAPPING FOR NAME SERVER NAME( OPTIONS \\(\\))?"],
  view: ["CREATE (OR REPLACE )?(RECURSIVE )?VIEW NAME .*", `ALTER VIEW NAME ${ALTER_COLUMN} …`],
};

const compiled = new Map<string, readonly RegExp[]>();

/** Around statements that name operators without their schema, as PostgreSQL before 18 deparses some. */
const OF_ANY_KIND = ["SET LOCAL SEARCH_PATH = .*"];

/** Whether a dump writes statements of this shape for objects of this kind. */
export function isKnownShape(kind: string, shape: string): boolean {
  if (shape.includes("unended")) return false;
  let patterns = compiled.get(kind);
  if (patterns === undefined) {
    const texts = Object.hasOwn(PATTERNS, kind) ? PATTERNS[kind as ObjectKind] : [];
    patterns = (texts.length === 0 ? [] : [...texts, ...OF_ANY_KIND]).map(compile);
    compiled.set(kind, patterns);
  }
  return patterns.some((pattern) => pattern.test(shape));
}

function compile(pattern: string): RegExp {
  const text = pattern.replaceAll(/\bNAME\b/g, String.raw`[^ ]+`).replaceAll(/ ?…/g, "(?: [^,]*)?");
  return new RegExp(`^${text}$`, "s");
}
