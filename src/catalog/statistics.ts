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
  /** -1 for the default. */
  readonly target: number;
}

export const statistics: CatalogQuery<StatisticsRow> = {
  sql: ({ major }) => `
    SELECT s.oid, s.stxname AS name, s.stxnamespace AS namespace, s.stxrelid AS relation, s.stxowner AS owner,
           pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition,
           ${major >= 14 ? "s.stxexprs IS NOT NULL" : "false"} AS "hasExpressions", COALESCE(s.stxstattarget, -1)::int AS target
    FROM pg_catalog.pg_statistic_ext s`,
};
