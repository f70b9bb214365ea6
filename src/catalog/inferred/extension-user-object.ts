/**
 * What users hung on relations of extensions: indexes, constraints, triggers, rules, policies and statistics. These never
 * are members, so what the extension's script made looks the same; but the script also writes down that something is a
 * member, or which tables hold configuration, and what came after the last of that, or at another time, is a user's.
 * What a script makes at its very end is taken for one too.
 */
import { CATALOG } from "../address.ts";
import { saysMember } from "../depend.ts";
import type { CatalogQuery } from "../query.ts";

export interface ExtensionUserObjectRow {
  readonly classid: number;
  readonly objid: number;
  /** The extension's relation. */
  readonly relation: number;
  readonly name: string;
}

/** A catalog of what hangs on relations and is known by its relation and its name: those columns, and which rows are meant. */
interface AttachedCatalog {
  readonly catalog: string;
  readonly relation: string;
  readonly name: string;
  readonly condition: string;
}

/** All of them but indexes, which have names of their own. */
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
  // Rows of pg_depend are never updated, so these tell which command of which transaction made a thing.
  sql: () => `
    WITH member AS (
      SELECT classid, objid, refobjid AS extension, xmin, cmin::text::int8 AS command
      FROM pg_catalog.pg_depend e WHERE ${saysMember("e")}),
    mark AS (
      SELECT extension, xmin, command FROM member
      UNION ALL
      SELECT oid, xmin, cmin::text::int8 FROM pg_catalog.pg_extension)
    SELECT DISTINCT o.classid, o.objid, o.relation, o.name
    FROM (${ATTACHED_OBJECTS}) o
    JOIN member t ON t.classid = ${CATALOG.class} AND t.objid = o.relation
    JOIN pg_catalog.pg_depend d ON d.classid = o.classid AND d.objid = o.objid AND d.refclassid = ${CATALOG.class}
      AND d.refobjid = o.relation AND d.deptype = 'a'
    WHERE NOT EXISTS (
        SELECT FROM mark m WHERE m.extension = t.extension AND m.xmin = d.xmin AND m.command >= d.cmin::text::int8)
    ORDER BY o.classid, o.relation, o.name`,
};
