/** Statistics of several columns, by the numbers that these have in the restored table. */
import { expect, test } from "vitest";
import type { PlannedStatistics } from "../../../../src/restore/decide/statistics.ts";
import {
  extendedStatisticsStatements,
  withColumnNumbers,
} from "../../../../src/restore/run/extended-statistics-statements.ts";

const STATISTICS: PlannedStatistics = {
  object: 1,
  namespace: "s",
  name: "t",
  isIndex: false,
  rows: 10,
  columns: [],
  extended: [
    {
      object: 2,
      namespace: "other",
      name: "st",
      columns: ["a", "b"],
      values: [
        {
          inherited: false,
          n_distinct: [{ attributes: [1, 2, -1], ndistinct: 4 }],
          dependencies: [{ attributes: [2, -1], dependency: 1, degree: 0.5 }],
          most_common_vals: "{{x,NULL,1}}",
          exprs: [{ null_frac: "0" }, {}],
        },
        { inherited: true },
      ],
    },
  ],
};

function numbers(a: number, b: number): Map<string, number> {
  return new Map([
    [JSON.stringify(["s", "t", "a"]), a],
    [JSON.stringify(["s", "t", "b"]), b],
  ]);
}

test("the columns have the numbers of the restored table, expressions their own", () => {
  const { numbered, others } = withColumnNumbers([STATISTICS], numbers(3, 7));
  expect(others).toEqual([]);
  const names = {
    namespace: "s",
    name: "t",
    statistics_schemaname: "other",
    statistics_name: "st",
  };
  expect(numbered).toEqual([
    {
      ...names,
      values: {
        inherited: false,
        n_distinct: [{ attributes: [3, 7, -1], ndistinct: 4 }],
        dependencies: [{ attributes: [7, -1], dependency: 3, degree: 0.5 }],
        most_common_vals: "{{x,NULL,1}}",
        exprs: [{ null_frac: "0" }, {}],
      },
    },
    { ...names, values: { inherited: true } },
  ]);
  const [sql] = extendedStatisticsStatements(numbered, 190000);
  expect(sql).toContain(`"n_distinct":[{"attributes":[3,7,-1],"ndistinct":4}]`);
  expect(sql).toContain(`"exprs":[{"null_frac":"0"},null]`);
  expect(sql).toContain("pg_catalog.pg_restore_extended_stats('version', 190000::int4, ");
});

test("a table with its columns in another order, or without one, is analyzed", () => {
  const refused = { numbered: [], others: [{ namespace: "s", name: "t" }] };
  expect(withColumnNumbers([STATISTICS], numbers(7, 3))).toEqual(refused);
  expect(withColumnNumbers([STATISTICS], new Map())).toEqual(refused);
});
