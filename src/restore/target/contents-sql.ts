/**
 * The query for all user objects of a database. The server names them itself (`pg_identify_object()`), so nothing here
 * depends on a kind's details.
 */
import { FIRST_NORMAL_OID } from "../../catalog/address.ts";
import { IN_USER_SCHEMA, userSchemaCondition } from "../../catalog/user-schema.ts";

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
 * member). plpgsql, which every database has, lies below the first oid of user objects.
 */
export function contentsSql(): string {
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
    WHERE o.oid >= ${FIRST_NORMAL_OID} AND i.identity IS NOT NULL
      AND (n.nspname IS NULL OR (${IN_USER_SCHEMA}))
      AND NOT (i.type = 'schema' AND (i.name = 'public' OR NOT (${userSchemaCondition("i.name")})))
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
