/** Planner statistics of relations, as ANALYZE wrote them (`pg_stats`). They hold values of rows. */
import { arrayText, quoteLiteral } from "../sql/literal.ts";

/** What `pg_stats` says of a column, named as there, as the server prints it. */
export const ATTRIBUTE_STATISTICS = [
  "null_frac",
  "avg_width",
  "n_distinct",
  "most_common_vals",
  "most_common_freqs",
  "histogram_bounds",
  "correlation",
  "most_common_elems",
  "most_common_elem_freqs",
  "elem_count_histogram",
  "range_length_histogram",
  "range_empty_frac",
  "range_bounds_histogram",
] as const;

export type AttributeStatistic = (typeof ATTRIBUTE_STATISTICS)[number];

/** Servers take statistics since then (`pg_restore_attribute_stats()`). */
export const RESTORABLE_SINCE = 18;

/** The statistics of ranges are in `pg_stats` since then. */
const RANGES_SINCE = 17;

/** One column of a relation, or of an index; null for what ANALYZE did not compute. */
export type RelationStatisticsRow = Readonly<Record<AttributeStatistic, string | null>> & {
  readonly oid: number;
  /** Name of the column; of an index, its number. */
  readonly column: string;
  readonly inherited: boolean;
  /** `reltuples`. */
  readonly rows: number;
};

/**
 * One row for each column that was analyzed and that the role may read. The names are compared with constants, without
 * which the server computes the whole view.
 */
export function relationStatisticsSql(
  major: number,
  relations: readonly { readonly oid: number; readonly name: string }[],
): string {
  const oids = quoteLiteral(`{${relations.map(({ oid }) => oid).join(",")}}`);
  const names = quoteLiteral(arrayText(relations.map(({ name }) => name)));
  const values = ATTRIBUTE_STATISTICS.map((name) =>
    name.startsWith("range_") && major < RANGES_SINCE
      ? `NULL::pg_catalog.text AS ${name}`
      : `s.${name}::pg_catalog.text AS ${name}`,
  );
  return `
    SELECT c.oid, CASE WHEN c.relkind IN ('i', 'I') THEN a.attnum::pg_catalog.text ELSE a.attname::pg_catalog.text END AS column,
           s.inherited, c.reltuples::float8 AS rows, ${values.join(", ")}
    FROM pg_catalog.pg_stats s
    JOIN pg_catalog.pg_namespace n ON n.nspname = s.schemaname
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
    WHERE s.tablename = ANY (${names}::pg_catalog.name[]) AND c.oid = ANY (${oids}::pg_catalog.oid[])
    ORDER BY c.oid, a.attnum, s.inherited`;
}
