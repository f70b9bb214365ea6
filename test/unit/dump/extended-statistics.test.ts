/** What is recorded of statistics objects: all of it as positions of columns, or nothing. A server is not trusted. */
import { expect, test } from "vitest";
import type { ManifestExtendedStatistics } from "../../../src/archive/format/manifest.ts";
import type { ExtendedStatisticsRow } from "../../../src/catalog/extended-statistics.ts";
import {
  readExpressionColumns,
  readExtendedStatistics,
} from "../../../src/dump/extended-statistics.ts";
import { MAX_COLUMN_STATISTICS_BYTES } from "../../../src/limits.ts";
import type { Connection } from "../../../src/pg/connection.ts";
import type { StatisticsRelation } from "../../../src/plan/statistics-relations.ts";

const RELATION: StatisticsRelation = {
  oid: 1,
  namespace: "public",
  name: "t",
  object: 3,
  isIndex: false,
  relation: 1,
  hasRows: true,
  partitionedParents: [],
  extended: [{ oid: 5, name: "st", object: 7 }],
};

const ROW: ExtendedStatisticsRow = {
  oid: 5,
  inherited: false,
  columns: ["a", "b"],
  numbers: [2, 4],
  expressions: 1,
  n_distinct: `{"2, 4": 3, "2, -1": 4}`,
  dependencies: `[{"attributes": [4], "dependency": -1, "degree": 0.500000}]`,
  most_common_vals: null,
  most_common_freqs: null,
  most_common_base_freqs: null,
  exprs: [{ null_frac: "0" }],
};

async function recorded(
  rows: readonly ExtendedStatisticsRow[],
  { major = 18, isPublic = () => true }: { major?: number; isPublic?: () => boolean } = {},
): Promise<ManifestExtendedStatistics[]> {
  const answers: unknown[][] = [[{ name: "null_frac" }], [...rows]];
  const connection = { query: () => Promise.resolve(answers.shift()) } as unknown as Connection;
  const version = { major, num: major * 10_000 };
  const columns = await readExpressionColumns(connection, version, [RELATION]);
  return (await readExtendedStatistics(connection, columns, [RELATION], isPublic))(RELATION);
}

test("columns by their positions, expressions by their own numbers", async () => {
  expect(await recorded([ROW, { ...ROW, inherited: true, n_distinct: null }])).toEqual([
    {
      object: 7,
      columns: ["a", "b"],
      values: [
        {
          inherited: false,
          n_distinct: [
            { attributes: [1, 2], ndistinct: 3 },
            { attributes: [1, -1], ndistinct: 4 },
          ],
          dependencies: [{ attributes: [2], dependency: -1, degree: 0.5 }],
          exprs: [{ null_frac: "0" }],
        },
        {
          inherited: true,
          dependencies: [{ attributes: [2], dependency: -1, degree: 0.5 }],
          exprs: [{ null_frac: "0" }],
        },
      ],
    },
  ]);
});

test.each<[string, Partial<ExtendedStatisticsRow>]>([
  ["a column that is not there", { n_distinct: `{"2, 3": 3}` }],
  ["an expression that is not there", { n_distinct: `{"2, -2": 3}` }],
  ["a dependency on nothing", { dependencies: `{"2 => 9": 0.5}` }],
  ["another text", { n_distinct: "{2,4}" }],
  ["fewer expressions", { expressions: 2 }],
  ["none of them", { exprs: null }],
  ["values that are too long", { most_common_vals: "x".repeat(MAX_COLUMN_STATISTICS_BYTES + 1) }],
  ["an expression's", { exprs: [{ most_common_vals: "x".repeat(1024 * 1024 + 1) }] }],
])("nothing where the server says %s", async (_what, row) => {
  expect(await recorded([{ ...ROW, ...row }])).toEqual([]);
});

test("nothing of rows that the archive does not hold, of others, and of old servers", async () => {
  expect(await recorded([ROW], { isPublic: () => false })).toEqual([]);
  expect(await recorded([{ ...ROW, oid: 6 }])).toEqual([]);
  expect(await recorded([ROW], { major: 14 })).toEqual([]);
});
