/** The labels of enum types. */
import type { CatalogQuery } from "./query.ts";

export interface EnumLabelsRow {
  readonly type: number;
  /** In sort order, at least one: a type without labels has no row. */
  readonly labels: readonly string[];
}

export const enumLabels: CatalogQuery<EnumLabelsRow> = {
  sql: () => `
    SELECT e.enumtypid AS type, pg_catalog.array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum e GROUP BY e.enumtypid`,
};
