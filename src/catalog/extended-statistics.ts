/**
 * What ANALYZE computed for statistics objects (CREATE STATISTICS), as `pg_stats_ext` and `pg_stats_ext_exprs` show it. They hold
 * values of rows.
 */
import { arrayText, quoteLiteral } from "../sql/literal.ts";
import type { AttributeStatistic } from "./relation-statistics.ts";

/** Servers take them since then (`pg_restore_extended_stats()`). */
export const EXTENDED_RESTORABLE_SINCE = 19;

/** The views tell statistics with the rows of children from those without since then. */
export const EXTENDED_SINCE = 15;

/** What `pg_stats_ext_exprs` says of an expression, as the server prints it. */
export type ExpressionStatistics = Partial<Readonly<Record<AttributeStatistic, string>>>;

/** One statistics object, with the rows of children or without; null for what ANALYZE did not compute. */
export interface ExtendedStatisticsRow {
  readonly oid: number;
  readonly inherited: boolean;
  /** The columns that it is on, in the order of their numbers. */
  readonly columns: readonly string[];
  /** Of the columns, in the table. */
  readonly numbers: readonly number[];
  /** How many expressions it is on. */
  readonly expressions: number;
  /** `pg_ndistinct` (`parseNDistinct`). */
  readonly n_distinct: string | null;
  /** `pg_dependencies` (`parseDependencies`). */
  readonly dependencies: string | null;
  readonly most_common_vals: string | null;
  readonly most_common_freqs: string | null;
  readonly most_common_base_freqs: string | null;
  /** Of the expressions, in their order. */
  readonly exprs: readonly ExpressionStatistics[] | null;
}

/** The columns of `pg_stats_ext_exprs`: those of ranges are not in that of every version. */
export const EXPRESSION_STATISTICS_COLUMNS = `
  SELECT a.attname AS name FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = 'pg_catalog.pg_stats_ext_exprs'::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped`;

/**
 * Of those that were analyzed and that the role may read. The names are compared with constants, as `relationStatisticsSql` does.
 * @param columns which `pg_stats_ext_exprs` has.
 */
export function extendedStatisticsSql(
  objects: readonly { readonly oid: number; readonly name: string }[],
  columns: readonly AttributeStatistic[],
): string {
  const oids = quoteLiteral(`{${objects.map(({ oid }) => oid).join(",")}}`);
  const names = quoteLiteral(arrayText(objects.map(({ name }) => name)));
  const values = columns.map((name) => `'${name}', x.${name}::pg_catalog.text`).join(", ");
  return `
    SELECT s.oid, e.inherited, k.columns, k.numbers, pg_catalog.cardinality(d.exprs) AS expressions,
           e.n_distinct::pg_catalog.text, e.dependencies::pg_catalog.text, e.most_common_vals::pg_catalog.text,
           e.most_common_freqs::pg_catalog.text, e.most_common_base_freqs::pg_catalog.text, x.exprs
    FROM pg_catalog.pg_stats_ext e
    JOIN pg_catalog.pg_namespace n ON n.nspname = e.statistics_schemaname
    JOIN pg_catalog.pg_statistic_ext s ON s.stxnamespace = n.oid AND s.stxname = e.statistics_name
    CROSS JOIN LATERAL (
      SELECT COALESCE(pg_catalog.pg_get_statisticsobjdef_expressions(s.oid), '{}') AS exprs) d
    CROSS JOIN LATERAL (
      SELECT COALESCE(pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY a.attnum), '{}') AS columns,
             COALESCE(pg_catalog.array_agg(a.attnum::pg_catalog.int4 ORDER BY a.attnum), '{}') AS numbers
      FROM pg_catalog.pg_attribute a WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys)) k
    CROSS JOIN LATERAL (
      SELECT pg_catalog.json_agg(pg_catalog.json_strip_nulls(pg_catalog.json_build_object(${values}))
               ORDER BY pg_catalog.array_position(d.exprs, x.expr)) AS exprs
      FROM pg_catalog.pg_stats_ext_exprs x
      WHERE x.statistics_schemaname = n.nspname AND x.statistics_name = s.stxname AND x.inherited = e.inherited) x
    WHERE e.statistics_name = ANY (${names}::pg_catalog.name[]) AND s.oid = ANY (${oids}::pg_catalog.oid[])
    ORDER BY s.oid, e.inherited`;
}
