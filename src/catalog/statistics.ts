/** Extended statistics objects (CREATE STATISTICS). */
import type { CatalogQuery } from "./query.ts";

export interface StatisticsRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly relation: number;
  readonly owner: number;
  /** `pg_get_statisticsobjdef()`. */
  readonly definition: string;
  /** Whether it is on an expression, not on columns alone (14). */
  readonly hasExpressions: boolean;
  /** Since 19: whether it is on a virtual generated column, or on an expression of one. */
  readonly onVirtualColumn: boolean;
  /** -1 for the default. */
  readonly target: number;
}

const ON_VIRTUAL_COLUMN = `EXISTS (
             SELECT FROM pg_catalog.pg_depend d
             JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
             WHERE d.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass AND d.objid = s.oid
               AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND a.attgenerated = 'v')`;

export const statistics: CatalogQuery<StatisticsRow> = {
  sql: ({ major }) => `
    SELECT s.oid, s.stxname AS name, s.stxnamespace AS namespace, s.stxrelid AS relation, s.stxowner AS owner,
           pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition,
           ${major >= 14 ? "s.stxexprs IS NOT NULL" : "false"} AS "hasExpressions",
           ${major >= 19 ? ON_VIRTUAL_COLUMN : "false"} AS "onVirtualColumn", COALESCE(s.stxstattarget, -1)::int AS target
    FROM pg_catalog.pg_statistic_ext s
    JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace`,
};
