/**
 * The query for all user objects of a database. The server names them itself (`pg_identify_object()`), so only names and
 * owners depend on a kind's details: they are compared with those of an archive's objects.
 */
import { CATALOG, FIRST_NORMAL_OID } from "../../catalog/address.ts";
import { argumentTypes, CURRENT_DATABASE } from "../../catalog/expressions.ts";
import { subscriptionOid } from "../../catalog/subscription.ts";
import { IN_USER_SCHEMA, userSchemaCondition } from "../../catalog/user-schema.ts";
import type { ServerVersion } from "../../catalog/version.ts";
import { quoteLiteral } from "../../sql/literal.ts";

/** Expressions over a catalog's row `x`. */
interface Source {
  /** The object's name, as the manifest writes it. */
  readonly name: string;
  /** Null where only a superuser owns such objects. */
  readonly owner: string;
  /** The schema's oid; null for what lives in none. */
  readonly namespace: string;
}

const type = (oid: string): string => `pg_catalog.format_type(${oid}, NULL)`;
const operand = (oid: string): string => `CASE ${oid} WHEN 0 THEN 'NONE' ELSE ${type(oid)} END`;
const ofAccessMethod = (name: string, method: string): string =>
  `${name} || ' ' || (SELECT amname FROM pg_catalog.pg_am a WHERE a.oid = ${method})`;
const typeOwner = (oid: string): string =>
  `(SELECT typowner FROM pg_catalog.pg_type t WHERE t.oid = ${oid} AND t.oid >= ${FIRST_NORMAL_OID})`;

const source = (prefix: string, more: Partial<Source> = {}): Source => ({
  name: `x.${prefix}name`,
  owner: `x.${prefix}owner`,
  namespace: `x.${prefix}namespace`,
  ...more,
});

const nowhere = (prefix: string, more: Partial<Source> = {}): Source =>
  source(prefix, { namespace: "NULL", ...more });

const SOURCES: Readonly<Record<string, Source>> = {
  pg_class: source("rel"),
  pg_proc: source("pro", {
    name: `x.proname || '(' || CASE WHEN x.prokind = 'a' AND x.pronargs = 0 THEN '*' ELSE ${argumentTypes("x")} END || ')'`,
  }),
  pg_type: source("typ"),
  pg_operator: source("opr", {
    name: `x.oprname || ' (' || ${operand("x.oprleft")} || ', ' || ${operand("x.oprright")} || ')'`,
  }),
  pg_opclass: source("opc", { name: ofAccessMethod("x.opcname", "x.opcmethod") }),
  pg_opfamily: source("opf", { name: ofAccessMethod("x.opfname", "x.opfmethod") }),
  pg_collation: source("coll"),
  pg_conversion: source("con"),
  pg_ts_parser: source("prs", { owner: "NULL" }),
  pg_ts_dict: source("dict"),
  pg_ts_template: source("tmpl", { owner: "NULL" }),
  pg_ts_config: source("cfg"),
  pg_namespace: nowhere("nsp"),
  pg_cast: nowhere("cast", {
    name: `'(' || ${type("x.castsource")} || ' AS ' || ${type("x.casttarget")} || ')'`,
    owner: `COALESCE(${typeOwner("x.castsource")}, ${typeOwner("x.casttarget")})`,
  }),
  pg_language: nowhere("lan"),
  pg_transform: nowhere("trf", {
    name: `${type("x.trftype")} || ' ' || (SELECT lanname FROM pg_catalog.pg_language l WHERE l.oid = x.trflang)`,
    owner: typeOwner("x.trftype"),
  }),
  pg_am: nowhere("am", { owner: "NULL" }),
  pg_foreign_data_wrapper: nowhere("fdw"),
  pg_foreign_server: nowhere("srv"),
  pg_publication: nowhere("pub"),
  pg_event_trigger: nowhere("evt"),
  pg_extension: nowhere("ext"),
};

/**
 * All user objects, with what the role may do to them. Parts of others are left out (a row type, an extension's member),
 * except for partitions and the sequences of columns, which an archive can hold alone. plpgsql, which every database
 * has, lies below the first oid of user objects. So does the schema public, which is listed only where it belongs to others.
 * @param isSuperuser whether the session's role, which reads them, is one.
 * @param role the role that the restore takes on; undefined for the session's.
 */
export function contentsSql(
  version: ServerVersion,
  isSuperuser: boolean,
  role: string | undefined,
): string {
  const sources = Object.entries(SOURCES).map(
    ([catalog, { name, owner, namespace }]) =>
      `SELECT 'pg_catalog.${catalog}'::pg_catalog.regclass::pg_catalog.oid AS class, x.oid, (${name})::pg_catalog.text AS name,
              ${owner}::pg_catalog.oid AS owner, ${namespace}::pg_catalog.oid AS namespace, ${catalog === "pg_class" ? "x.relkind::pg_catalog.text" : "NULL"} AS relkind
       FROM pg_catalog.${catalog} x WHERE x.oid >= ${FIRST_NORMAL_OID}${catalog === "pg_namespace" ? " OR x.nspname = 'public'" : ""}`,
  );
  return `
    WITH me AS MATERIALIZED (
      SELECT oid, rolsuper FROM pg_catalog.pg_roles
      WHERE rolname = ${role === undefined ? "CURRENT_USER" : quoteLiteral(role)}
    ), parts AS MATERIALIZED (
      SELECT classid, objid, pg_catalog.bool_or(deptype = 'e') AS is_member, pg_catalog.min(refobjid) AS holder
      FROM pg_catalog.pg_depend
      WHERE objsubid = 0 AND deptype IN ('i', 'a', 'e', 'P', 'S') GROUP BY 1, 2
    ), objects AS (
      SELECT i.type, n.nspname AS namespace, NULL AS slot,
             CASE WHEN i.type IN ('function', 'procedure', 'aggregate')
                  THEN o.oid::pg_catalog.regprocedure::pg_catalog.text ELSE i.identity END AS identity,
             o.class, o.oid, o.name, o.owner, o.holder
      FROM (
        SELECT o.*, p.holder FROM (${sources.join(" UNION ALL ")}) AS o
        LEFT JOIN parts p ON p.classid = o.class AND p.objid = o.oid
        WHERE (p.classid IS NULL OR (NOT p.is_member AND o.relkind IN ('r', 'p', 'f', 'S')))
          -- pg_identify_object() crashes the server where a damaged catalog has lost the object's schema.
          AND (o.namespace IS NULL OR EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.oid = o.namespace))
        OFFSET 0
      ) AS o
      CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.class, o.oid, 0) AS i
      LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
      WHERE i.identity IS NOT NULL
        AND (n.nspname IS NULL OR (${IN_USER_SCHEMA}))
        AND NOT (i.type = 'schema' AND NOT (${userSchemaCondition("i.name")}))
      UNION ALL
      SELECT 'subscription', NULL, subslotname::pg_catalog.text, pg_catalog.quote_ident(subname),
             ${CATALOG.subscription}, ${subscriptionOid(version, isSuperuser)}, subname, subowner, NULL
      FROM pg_catalog.pg_subscription s
      WHERE subdbid = ${CURRENT_DATABASE}
      UNION ALL
      SELECT 'large object', NULL, NULL, oid::pg_catalog.text,
             ${CATALOG.largeObject}, oid, oid::pg_catalog.text, lomowner, NULL
      FROM pg_catalog.pg_largeobject_metadata
    )
    SELECT o.type, o.namespace, o.slot, o.identity, o.class, o.oid, o.name, o.holder,
           pg_catalog.pg_get_userbyid(o.owner) AS owner, COALESCE(o.owner = me.oid, me.rolsuper) AS "isOwn", may.drop AS "mayDrop"
    FROM objects o CROSS JOIN me
    CROSS JOIN LATERAL (SELECT COALESCE(pg_catalog.pg_has_role(me.oid, o.owner, 'USAGE'), me.rolsuper) AS drop) AS may
    WHERE NOT (o.class = ${CATALOG.namespace} AND o.name = 'public' AND may.drop)
    ORDER BY 1, 2, 4`;
}
