/**
 * The statements that set what ANALYZE computed for statistics objects. `pg_restore_extended_stats()` takes columns by their numbers
 * (PostgreSQL 19 docs, 9.28.11), which are others in the new table where the dumped one had lost columns. Pure.
 */
import { renumberDependencies, renumberNDistinct } from "../../catalog/multivariate.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import type { PlannedExtendedStatistics, PlannedStatistics } from "../decide/statistics.ts";
import type { RelationName } from "../target/facts.ts";
import {
  identity,
  inBatches,
  selectRefused,
  statisticsArguments,
} from "./statistics-statements.ts";

type Values = PlannedExtendedStatistics["values"][number];

/** Of one statistics object, as the arguments of the function. */
interface NumberedStatistics {
  /** Of the table. */
  readonly namespace: string;
  readonly name: string;
  readonly statistics_schemaname: string;
  readonly statistics_name: string;
  readonly values: Values;
}

/**
 * @param numbers of the columns of the tables, by `JSON.stringify([namespace, table, column])`.
 * @returns `others` are tables whose columns are in another order, which is that of the values, too.
 */
export function withColumnNumbers(
  statistics: readonly PlannedStatistics[],
  numbers: ReadonlyMap<string, number>,
): { numbered: NumberedStatistics[]; others: RelationName[] } {
  const numbered: NumberedStatistics[] = [];
  const others: RelationName[] = [];
  for (const { namespace, name, extended } of statistics)
    for (const { columns, values, ...object } of extended) {
      const columnNumbers = columns.map((column) =>
        numbers.get(JSON.stringify([namespace, name, column])),
      );
      if (!isAscending(columnNumbers)) others.push({ namespace, name });
      else
        numbered.push(
          ...values.map((each) => ({
            namespace,
            name,
            statistics_schemaname: object.namespace,
            statistics_name: object.name,
            values: numberedValues(each, columnNumbers),
          })),
        );
    }
  return { numbered, others };
}

function isAscending(numbers: readonly (number | undefined)[]): numbers is number[] {
  return numbers.every(
    (number, index) => number !== undefined && (index === 0 || number > numbers[index - 1]!),
  );
}

/** @param numbers of the columns by their position; expressions have the same numbers everywhere. */
function numberedValues(values: Values, numbers: readonly number[]): Values {
  const number = (attribute: number): number =>
    attribute < 0 ? attribute : numbers[attribute - 1]!;
  return withoutUndefined({
    ...values,
    n_distinct: values.n_distinct && renumberNDistinct(values.n_distinct, number),
    dependencies: values.dependencies && renumberDependencies(values.dependencies, number),
  });
}

/** Arguments of `pg_restore_extended_stats()` with their types; null is as if it were absent. */
const VALUES = statisticsArguments({
  n_distinct: "pg_catalog.pg_ndistinct",
  dependencies: "pg_catalog.pg_dependencies",
  most_common_vals: "text[]",
  most_common_freqs: "float8[]",
  most_common_base_freqs: "float8[]",
  exprs: "jsonb",
} satisfies Record<Exclude<keyof Values, "inherited">, string>);

/** Each gives the tables whose statistics were not taken. */
export function extendedStatisticsStatements(
  numbered: readonly NumberedStatistics[],
  version: number | null,
): string[] {
  const rows = numbered.map(({ values, ...names }) => ({
    ...names,
    ...values,
    // Of an expression without any, the server takes null.
    exprs: values.exprs?.map((each) => (Object.keys(each).length === 0 ? null : each)),
  }));
  return inBatches(rows).map((json) =>
    selectRefused(
      json,
      `statistics_schemaname text, statistics_name text, inherited bool, ${VALUES.columns}`,
      [
        ...identity(version),
        "'statistics_schemaname', r.statistics_schemaname",
        "'statistics_name', r.statistics_name",
        "'inherited', r.inherited",
        ...VALUES.args,
      ],
      "pg_restore_extended_stats",
    ),
  );
}
