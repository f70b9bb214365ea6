/** Rewrite rules. The query of a view is the rule `_RETURN`: its oid is read here, its text with the view. */
import { FIRST_NORMAL_OID } from "./address.ts";
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
}

export const rules: CatalogQuery<RuleRow> = {
  sql: () => `
    SELECT r.oid, r.rulename AS name, r.ev_class AS relation, r.ev_enabled AS enabled,
           r.ev_type = '1' AND r.is_instead AND c.relkind IN ('v', 'm') AS "isViewQuery",
           CASE WHEN r.ev_type = '1' AND r.is_instead AND c.relkind IN ('v', 'm') THEN NULL
             ELSE pg_catalog.pg_get_ruledef(r.oid) END AS definition
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
    WHERE r.oid >= ${FIRST_NORMAL_OID}`,
};
