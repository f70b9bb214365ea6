/**
 * What a database holds that a restore would collide with, and the statements that remove it. The server names the
 * objects itself (`pg_identify_object()`), so nothing here depends on a kind's details. Text and pure functions.
 */
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";

export interface TargetObjectRow {
  /** As `pg_identify_object()` calls it: `table`, `text search parser`, `foreign-data wrapper`. */
  readonly type: string;
  /** Null for what lives in no schema. */
  readonly namespace: string | null;
  /** SQL text that names the object behind its DROP command. */
  readonly identity: string;
  /** The slot of a subscription, which exists outside the transaction; null for all else. */
  readonly slot: string | null;
}

/** Catalogs of objects in schemas: their names, and the columns that hold their schema. */
const IN_SCHEMAS = {
  pg_class: "relnamespace",
  pg_proc: "pronamespace",
  pg_type: "typnamespace",
  pg_operator: "oprnamespace",
  pg_opclass: "opcnamespace",
  pg_opfamily: "opfnamespace",
  pg_collation: "collnamespace",
  pg_conversion: "connamespace",
  pg_ts_parser: "prsnamespace",
  pg_ts_dict: "dictnamespace",
  pg_ts_template: "tmplnamespace",
  pg_ts_config: "cfgnamespace",
} as const;

const ELSEWHERE = [
  "pg_cast",
  "pg_language",
  "pg_transform",
  "pg_am",
  "pg_foreign_data_wrapper",
  "pg_foreign_server",
  "pg_publication",
  "pg_event_trigger",
  "pg_extension",
] as const;

/**
 * All user objects that are not part of another one (a row type of its table, a serial's sequence, an extension's
 * member). 16384 is the first oid that user objects can have (FirstNormalObjectId, src/include/access/transam.h);
 * plpgsql, which every database has, is below it.
 */
export function targetContentsSql(): string {
  const sources = [
    ...Object.entries(IN_SCHEMAS).map(
      ([catalog, column]) =>
        `SELECT '${catalog}'::pg_catalog.regclass AS class, oid, ${column} AS namespace FROM pg_catalog.${catalog}`,
    ),
    ...["pg_namespace", ...ELSEWHERE].map(
      (catalog) => `SELECT '${catalog}'::pg_catalog.regclass, oid, NULL FROM pg_catalog.${catalog}`,
    ),
  ];
  return `
    SELECT i.type, n.nspname AS namespace, NULL AS slot,
           CASE WHEN i.type IN ('function', 'procedure', 'aggregate')
                THEN o.oid::pg_catalog.regprocedure::pg_catalog.text ELSE i.identity END AS identity
    FROM (${sources.join(" UNION ALL ")}) AS o
    CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.class, o.oid, 0) AS i
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
    WHERE o.oid >= 16384 AND i.identity IS NOT NULL
      AND (n.nspname IS NULL OR (n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'))
      AND NOT (i.type = 'schema' AND (i.name ~ '^pg_' OR i.name IN ('public', 'information_schema')))
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                      WHERE d.classid = o.class AND d.objid = o.oid AND d.objsubid = 0
                        AND d.deptype IN ('i', 'a', 'e', 'P', 'S'))
    UNION ALL
    SELECT 'subscription', NULL, subslotname::pg_catalog.text, pg_catalog.quote_ident(subname)
    FROM pg_catalog.pg_subscription
    WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    UNION ALL
    SELECT 'large object', NULL, NULL, oid::pg_catalog.text FROM pg_catalog.pg_largeobject_metadata
    ORDER BY 1, 2, 4`;
}

/** What a restore can live beside: it collides with nothing, or is made with IF NOT EXISTS. */
const HARMLESS: ReadonlySet<string> = new Set([
  "extension",
  "event trigger",
  "language",
  "access method",
]);

/** The objects that make a target "not empty", tables first. */
export function obstacles(rows: readonly TargetObjectRow[]): string[] {
  const rank = (type: string): number => (type === "table" ? 0 : type === "schema" ? 2 : 1);
  return rows
    .filter(({ type }) => !HARMLESS.has(type))
    .sort((a, b) => rank(a.type) - rank(b.type))
    .map(({ type, identity }) => `${type} ${identity}`);
}

/** Kinds in the order in which they are dropped: what reacts to drops first, what others rest on last. */
const DROPS: readonly (readonly [type: string, command: string])[] = [
  ["event trigger", "EVENT TRIGGER"],
  ["publication", "PUBLICATION"],
  ["subscription", "SUBSCRIPTION"],
  ["schema", "SCHEMA"],
  ["materialized view", "MATERIALIZED VIEW"],
  ["view", "VIEW"],
  ["foreign table", "FOREIGN TABLE"],
  ["table", "TABLE"],
  ["sequence", "SEQUENCE"],
  ["operator class", "OPERATOR CLASS"],
  ["operator family", "OPERATOR FAMILY"],
  ["operator", "OPERATOR"],
  ["aggregate", "ROUTINE"],
  ["function", "ROUTINE"],
  ["procedure", "ROUTINE"],
  ["cast", "CAST"],
  ["transform", "TRANSFORM"],
  ["type", "TYPE"],
  ["text search configuration", "TEXT SEARCH CONFIGURATION"],
  ["text search dictionary", "TEXT SEARCH DICTIONARY"],
  ["text search template", "TEXT SEARCH TEMPLATE"],
  ["text search parser", "TEXT SEARCH PARSER"],
  ["conversion", "CONVERSION"],
  ["collation", "COLLATION"],
  ["server", "SERVER"],
  ["foreign-data wrapper", "FOREIGN DATA WRAPPER"],
  ["extension", "EXTENSION"],
  ["language", "LANGUAGE"],
  ["access method", "ACCESS METHOD"],
];

/** Commands that take one object a statement. */
const ONE_BY_ONE: ReadonlySet<string> = new Set([
  "EVENT TRIGGER",
  "SUBSCRIPTION",
  "CAST",
  "TRANSFORM",
  "OPERATOR CLASS",
  "OPERATOR FAMILY",
  "LANGUAGE",
  "ACCESS METHOD",
]);
/** Objects in one statement. */
const BATCH = 100;

export interface DropPlan {
  readonly statements: readonly string[];
  /** What cannot be dropped inside a transaction, for the message. */
  readonly refused: readonly string[];
}

/**
 * How to empty a database inside a transaction. The schema public stays, because the login may not own it; extensions
 * that the archive wants stay too, because making them again can need rights that keeping them does not.
 */
export function dropPlan(
  rows: readonly TargetObjectRow[],
  wantedExtensions: ReadonlySet<string>,
): DropPlan {
  const schemas = new Set(
    rows.filter(({ type }) => type === "schema").map(({ identity }) => identity),
  );
  const isSlotted = ({ type, slot }: TargetObjectRow): boolean =>
    type === "subscription" && slot !== null;
  const remaining = rows.filter(
    (row) =>
      !isSlotted(row) &&
      // Dropped with its schema.
      (row.namespace === null || !schemas.has(quoteIdent(row.namespace))) &&
      !(row.type === "extension" && wantedExtensions.has(row.identity)),
  );
  const statements = DROPS.flatMap(([type, command]) => {
    const names = remaining.filter((row) => row.type === type).map(({ identity }) => identity);
    const size = ONE_BY_ONE.has(command) ? 1 : BATCH;
    return Array.from({ length: Math.ceil(names.length / size) }, (_, i) => {
      const batch = names.slice(i * size, (i + 1) * size).join(", ");
      // IF EXISTS, because an earlier CASCADE may have taken it along.
      return `DROP ${command} IF EXISTS ${batch} CASCADE`;
    });
  });
  const objects = remaining
    .filter(({ type }) => type === "large object")
    .map(({ identity }) => identity);
  return {
    statements: [
      ...statements,
      ...(objects.length === 0
        ? []
        : [
            `SELECT pg_catalog.lo_unlink(o) FROM pg_catalog.unnest(${quoteLiteral(`{${objects.join(",")}}`)}::pg_catalog.oid[]) AS o`,
          ]),
    ],
    refused: rows.filter(isSlotted).map(({ identity }) => `subscription ${identity}`),
  };
}
