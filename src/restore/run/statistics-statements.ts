/** The statements that set the planner statistics of relations. Pure. */
import type { AttributeStatistic } from "../../catalog/relation-statistics.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { PlannedStatistics } from "../decide/statistics.ts";

/** Characters of one statement, about. */
const MAX_STATEMENT = 1024 * 1024;

/**
 * Each gives the tables whose statistics, or those of an index, were not taken. The restore knows the size of a table and its rows, so these are not
 * those of the dumped server, whose tables may be bloated. Relations of another role, which the login may not analyze either, are
 * left as they are.
 */
export function statisticsStatements(
  statistics: readonly PlannedStatistics[],
  version: number | null,
): string[] {
  const relations = statistics.filter(({ isIndex }) => !isIndex);
  const columns = statistics.flatMap(({ namespace, name, isIndex, columns: each }) =>
    each.map(({ column, inherited, values }) => ({
      namespace,
      name,
      column: isIndex ? null : column,
      number: isIndex ? column : null,
      inherited,
      ...values,
    })),
  );
  return [
    ...inBatches(relations.map(({ namespace, name, rows }) => ({ namespace, name, rows }))).map(
      (json) =>
        selectRefused(
          json,
          "rows float8",
          [
            ...identity(version),
            `'relpages', CASE WHEN c.relkind = 'p' THEN -1
             ELSE (pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int8)::int4 END`,
            `'reltuples', r.rows::float4`,
          ],
          "pg_restore_relation_stats",
        ),
    ),
    ...inBatches(columns).map((json) =>
      selectRefused(
        json,
        `"column" text, number int2, inherited bool, ${VALUES.columns}`,
        [
          ...identity(version),
          `'attname', r."column"`,
          `'attnum', r.number`,
          `'inherited', r.inherited`,
          ...VALUES.args,
        ],
        "pg_restore_attribute_stats",
      ),
    ),
  ];
}

/** Arguments of `pg_restore_attribute_stats()` with their types (PostgreSQL docs, 9.28.11); null is as if it were absent. */
const ARGUMENT_TYPES: Readonly<Record<AttributeStatistic, string>> = {
  null_frac: "float4",
  avg_width: "int4",
  n_distinct: "float4",
  most_common_vals: "text",
  most_common_freqs: "float4[]",
  histogram_bounds: "text",
  correlation: "float4",
  most_common_elems: "text",
  most_common_elem_freqs: "float4[]",
  elem_count_histogram: "float4[]",
  range_length_histogram: "text",
  range_empty_frac: "float4",
  range_bounds_histogram: "text",
};
const VALUES = statisticsArguments(ARGUMENT_TYPES);

/**
 * Statistics as arguments of a function that restores them, from columns of the list `r`.
 * @param types by the names of the arguments.
 */
export function statisticsArguments(types: Readonly<Record<string, string>>): {
  /** Of the list: each value as text. */
  readonly columns: string;
  readonly args: readonly string[];
} {
  return {
    columns: Object.keys(types)
      .map((name) => `${name} text`)
      .join(", "),
    args: Object.entries(types).map(([name, type]) => `'${name}', r.${name}::${type}`),
  };
}

/** The arguments that name the relation `r`, and the server that computed the statistics. */
export function identity(version: number | null): string[] {
  return [
    `'version', ${version === null ? "NULL::int4" : `${version}::int4`}`,
    "'schemaname', r.namespace",
    "'relname', r.name",
  ];
}

/**
 * Calls a function for each of some relations, and gives the tables where it did not take all.
 * @param columns those of the list besides the relation's name, with their types.
 */
export function selectRefused(
  json: string,
  columns: string,
  args: readonly string[],
  name: string,
): string {
  return `
    SELECT DISTINCT s.namespace, s.name FROM (
      SELECT tn.nspname AS namespace, t.relname AS name, pg_catalog.${name}(${args.join(", ")}) AS "isTaken"
      FROM pg_catalog.json_to_recordset(${quoteLiteral(json)}) AS r (namespace text, name text, ${columns})
      JOIN pg_catalog.pg_namespace n ON n.nspname = r.namespace
      JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = r.name
      LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
      JOIN pg_catalog.pg_class t ON t.oid = COALESCE(i.indrelid, c.oid)
      JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
      WHERE pg_catalog.has_table_privilege(t.oid, 'MAINTAIN')
      OFFSET 0
    ) AS s WHERE NOT s."isTaken"`;
}

/** Lists as JSON, each of about the same length. */
export function inBatches(values: readonly unknown[]): string[] {
  const batches: string[][] = [];
  let length = Infinity;
  for (const value of values) {
    const text = JSON.stringify(value);
    if (length + text.length > MAX_STATEMENT) {
      batches.push([]);
      length = 0;
    }
    batches.at(-1)!.push(text);
    length += text.length;
  }
  return batches.map((batch) => `[${batch.join(",")}]`);
}
