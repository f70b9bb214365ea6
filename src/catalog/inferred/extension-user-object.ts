/**
 * User objects on relations of extensions: indexes, constraints, triggers, rules, policies and statistics.
 *
 * A heuristic. Such objects are not recorded as members, whether a user or the extension's script created them. But a
 * script also records members and configuration tables: an object that was created in the same transaction before the
 * last of these is taken for the script's, every other for the user's. The row of `pg_depend` from the object to its
 * relation is never updated, so its `xmin` and `cmin` tell when it was created.
 *
 * It is wrong where a script creates such an object at its very end, where pg_upgrade has created everything again, where
 * a user creates one in the same transaction before ALTER EXTENSION … UPDATE, and where a DROP that was rolled back has
 * overwritten `cmin`. Taking the script's object for a user's does no harm: it is restored only where it does not exist
 * (`ddl/guard-existing.ts`).
 */
import { CATALOG } from "../address.ts";
import { isMembership } from "../depend.ts";
import type { CatalogQuery } from "../query.ts";

export interface ExtensionUserObjectRow {
  readonly classid: number;
  readonly objid: number;
  /** The extension's relation. */
  readonly relation: number;
  readonly name: string;
}

/** A catalog of objects that are identified by relation and name: the names of these columns, and a condition on its rows. */
interface AttachedCatalog {
  readonly catalog: string;
  readonly relation: string;
  readonly name: string;
  readonly condition: string;
}

/** All kinds but indexes, which are identified by their names in the schema. By oid of the catalog. */
export const BY_RELATION: ReadonlyMap<number, AttachedCatalog> = new Map(
  (
    [
      [CATALOG.constraint, "pg_constraint", "conrelid", "conname", "o.contype <> 'n'"],
      [CATALOG.policy, "pg_policy", "polrelid", "polname", "true"],
      [CATALOG.rewrite, "pg_rewrite", "ev_class", "rulename", "o.rulename <> '_RETURN'"],
      [CATALOG.statistics, "pg_statistic_ext", "stxrelid", "stxname", "true"],
      [CATALOG.trigger, "pg_trigger", "tgrelid", "tgname", "NOT o.tgisinternal"],
    ] as const
  ).map(([oid, catalog, relation, name, condition]) => [
    oid,
    { catalog, relation, name, condition },
  ]),
);

const ATTACHED_OBJECTS = [
  `SELECT ${CATALOG.class}::oid AS classid, o.oid AS objid, i.indrelid AS relation, o.relname AS name
      FROM pg_catalog.pg_class o JOIN pg_catalog.pg_index i ON i.indexrelid = o.oid`,
  ...[...BY_RELATION].map(
    ([oid, { catalog, relation, name, condition }]) =>
      `SELECT ${oid}::oid, o.oid, o.${relation}, o.${name} FROM pg_catalog.${catalog} o WHERE ${condition}`,
  ),
].join("\n      UNION ALL ");

export const extensionUserObjects: CatalogQuery<ExtensionUserObjectRow> = {
  sql: () => `
    WITH member AS (
      SELECT classid, objid, refobjid AS extension, xmin, cmin::text::int8 AS command
      FROM pg_catalog.pg_depend e WHERE ${isMembership("e")}),
    script_command AS (
      SELECT extension, xmin, command FROM member
      UNION ALL
      SELECT oid, xmin, cmin::text::int8 FROM pg_catalog.pg_extension)
    SELECT DISTINCT o.classid, o.objid, o.relation, o.name
    FROM (${ATTACHED_OBJECTS}) o
    JOIN member t ON t.classid = ${CATALOG.class} AND t.objid = o.relation
    JOIN pg_catalog.pg_depend d ON d.classid = o.classid AND d.objid = o.objid AND d.refclassid = ${CATALOG.class}
      AND d.refobjid = o.relation AND d.deptype = 'a'
    WHERE NOT EXISTS (
        SELECT FROM script_command s
        WHERE s.extension = t.extension AND s.xmin = d.xmin AND s.command >= d.cmin::text::int8)
    ORDER BY o.classid, o.relation, o.name`,
};
