/**
 * What users hung on relations of extensions: indexes, constraints, triggers, rules, policies and statistics. These never
 * are members, so what the extension's script made looks the same; but the script also writes down that something is a
 * member, or which tables hold configuration, and what came after the last of that, or at another time, is a user's.
 * What a script makes at its very end is taken for one too.
 */
import { CATALOG } from "./address.ts";
import type { CatalogQuery } from "./query.ts";

export interface AdditionRow {
  readonly classid: number;
  readonly objid: number;
  /** The extension's relation. */
  readonly relation: number;
  readonly name: string;
}

/** The catalogs of what can hang on a relation: columns for the relation and the name, and which rows are meant. */
const KINDS = [
  [
    CATALOG.class,
    "pg_class o JOIN pg_catalog.pg_index i ON i.indexrelid = o.oid",
    "i.indrelid",
    "o.relname",
    "true",
  ],
  [CATALOG.constraint, "pg_constraint o", "o.conrelid", "o.conname", "o.contype <> 'n'"],
  [CATALOG.policy, "pg_policy o", "o.polrelid", "o.polname", "true"],
  [CATALOG.rewrite, "pg_rewrite o", "o.ev_class", "o.rulename", "o.rulename <> '_RETURN'"],
  [CATALOG.statistics, "pg_statistic_ext o", "o.stxrelid", "o.stxname", "true"],
  [CATALOG.trigger, "pg_trigger o", "o.tgrelid", "o.tgname", "NOT o.tgisinternal"],
] as const;

export const additions: CatalogQuery<AdditionRow> = {
  // Rows of pg_depend are never updated, so these tell which command of which transaction made a thing.
  sql: () => `
    WITH member AS (
      SELECT classid, objid, refobjid AS extension, xmin, cmin::text::int8 AS command
      FROM pg_catalog.pg_depend WHERE deptype = 'e'),
    mark AS (
      SELECT extension, xmin, command FROM member
      UNION ALL
      SELECT oid, xmin, cmin::text::int8 FROM pg_catalog.pg_extension)
    SELECT DISTINCT o.classid, o.objid, o.relation, o.name
    FROM (${KINDS.map(
      ([catalog, from, relation, name, condition]) =>
        `SELECT ${catalog}::oid AS classid, o.oid AS objid, ${relation} AS relation, ${name} AS name FROM pg_catalog.${from} WHERE ${condition}`,
    ).join("\n      UNION ALL ")}) o
    JOIN member t ON t.classid = ${CATALOG.class} AND t.objid = o.relation
    JOIN pg_catalog.pg_depend d ON d.classid = o.classid AND d.objid = o.objid AND d.refclassid = ${CATALOG.class}
      AND d.refobjid = o.relation AND d.deptype = 'a'
    WHERE NOT EXISTS (
        SELECT FROM mark m WHERE m.extension = t.extension AND m.xmin = d.xmin AND m.command >= d.cmin::text::int8)
    ORDER BY o.classid, o.relation, o.name`,
};
