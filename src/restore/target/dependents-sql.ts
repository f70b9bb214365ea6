/**
 * The query for what depends on objects from outside: what DROP … CASCADE would take along, and what it would change
 * without a word, such as the list of a publication's tables.
 */
import { CATALOG } from "../../catalog/address.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { TargetObject } from "./facts.ts";

const CLASS = `${CATALOG.class}::pg_catalog.oid`;

/**
 * Parts go with their objects: columns, defaults, constraints, indexes, triggers, policies, user mappings. Partitions are
 * objects of their own, and so is the membership in a publication, which belongs to the publication.
 */
export function dependentsSql(objects: readonly Pick<TargetObject, "class" | "oid">[]): string {
  const oids = (key: "class" | "oid"): string =>
    `${quoteLiteral(`{${objects.map((object) => object[key]).join(",")}}`)}::pg_catalog.oid[]`;
  return `
    WITH RECURSIVE gone (classid, objid) AS (
      SELECT classid, objid FROM ROWS FROM (pg_catalog.unnest(${oids("class")}), pg_catalog.unnest(${oids("oid")})) AS o (classid, objid)
      UNION
      SELECT d.classid, d.objid FROM gone g
      JOIN pg_catalog.pg_depend d ON d.refclassid = g.classid AND d.refobjid = g.objid
      WHERE (d.deptype IN ('i', 'a', 'P', 'S') OR d.classid = ${CATALOG.userMapping})
        AND NOT (d.classid = ${CLASS} AND EXISTS (
          SELECT FROM pg_catalog.pg_class c WHERE c.oid = d.objid AND c.relispartition AND c.relkind IN ('r', 'p', 'f')))
        AND (d.classid NOT IN (${CATALOG.publicationRel}, ${CATALOG.publicationNamespace}) OR g.classid = ${CATALOG.publication})
    ), outside AS (
      SELECT DISTINCT ON (d.classid, d.objid) d.classid, d.objid, d.objsubid, g.classid AS on_class, g.objid AS on_oid
      FROM gone g
      JOIN pg_catalog.pg_depend d ON d.refclassid = g.classid AND d.refobjid = g.objid
      WHERE d.deptype <> 'x'
        AND NOT EXISTS (SELECT FROM gone o WHERE o.classid = d.classid AND o.objid = d.objid)
      ORDER BY d.classid, d.objid, g.classid <> ${CATALOG.namespace} DESC
    )
    SELECT DISTINCT COALESCE(
             -- The rule of a view is the view.
             (SELECT pg_catalog.pg_describe_object(${CLASS}, r.ev_class, 0) FROM pg_catalog.pg_rewrite r
              WHERE o.classid = ${CATALOG.rewrite} AND r.oid = o.objid AND r.rulename = '_RETURN'),
             -- pg_describe_object() crashes the server where a damaged catalog has lost the schema of the operator.
             CASE WHEN o.classid <> ${CATALOG.amop} OR EXISTS (
               SELECT FROM pg_catalog.pg_amop m JOIN pg_catalog.pg_operator p ON p.oid = m.amopopr
               JOIN pg_catalog.pg_namespace n ON n.oid = p.oprnamespace WHERE m.oid = o.objid)
             THEN pg_catalog.pg_describe_object(o.classid, o.objid, o.objsubid)
             ELSE 'entry ' || o.objid || ' of pg_amop' END) AS label,
           o.on_class AS "onClass", o.on_oid AS "onOid"
    FROM outside o
    UNION
    -- The view, because PostgreSQL 13 shows the oid in the catalog to superusers alone.
    SELECT 'subscription ' || pg_catalog.quote_ident(s.subname), g.classid, g.objid
    FROM pg_catalog.pg_subscription_rel r
    JOIN gone g ON g.classid = ${CLASS} AND g.objid = r.srrelid
    JOIN pg_catalog.pg_stat_subscription s ON s.subid = r.srsubid
    WHERE NOT EXISTS (SELECT FROM gone o WHERE o.classid = ${CATALOG.subscription} AND o.objid = s.subid)
    ORDER BY 1`;
}
