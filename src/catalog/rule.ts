/** Rewrite rules. The query of a view is the rule `_RETURN`: its oid is read here, its text with the view. */
import { CATALOG, FIRST_NORMAL_OID } from "./address.ts";
import type { CatalogQuery } from "./query.ts";

export interface RuleRow {
  readonly oid: number;
  readonly name: string;
  readonly relation: number;
  /** `pg_get_ruledef()`; null for the query of a view. */
  readonly definition: string | null;
  /** `ev_enabled`: O origin, D disabled, R replica, A always. */
  readonly enabled: "O" | "D" | "R" | "A";
  readonly isViewQuery: boolean;
  /** Whether the query of a view reads the view, which CREATE OR REPLACE VIEW allows. */
  readonly readsItself: boolean;
}

/**
 * The stored query of a view, as text, names each relation that it reads. Up to 15 it also names the view itself twice, for
 * OLD and NEW; since 16 once, for permission checks. The dependency is looked for first, as it is rare since 16.
 */
function readsItself(major: number): string {
  const mention = "':relid ' || r.ev_class || ' '";
  const text = "r.ev_action::text";
  return `r.ev_type = '1' AND c.relkind = 'v' AND EXISTS (
             SELECT FROM pg_catalog.pg_depend d
             WHERE d.classid = ${CATALOG.rewrite} AND d.objid = r.oid AND d.deptype = 'n'
               AND d.refclassid = ${CATALOG.class} AND d.refobjid = r.ev_class)
           AND pg_catalog.length(${text}) - pg_catalog.length(pg_catalog.replace(${text}, ${mention}, ''))
             > ${major < 16 ? 2 : 1} * pg_catalog.length(${mention})`;
}

export const rules: CatalogQuery<RuleRow> = {
  sql: ({ major }) => `
    SELECT r.oid, r.rulename AS name, r.ev_class AS relation, r.ev_enabled AS enabled,
           r.ev_type = '1' AND r.is_instead AND c.relkind IN ('v', 'm') AS "isViewQuery",
           ${readsItself(major)} AS "readsItself",
           CASE WHEN r.ev_type = '1' AND r.is_instead AND c.relkind IN ('v', 'm') THEN NULL
             ELSE pg_catalog.pg_get_ruledef(r.oid) END AS definition
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE r.oid >= ${FIRST_NORMAL_OID}`,
};
