/**
 * The texts of 19 are those of src/test/regress/expected/stats_import.out on PostgreSQL's branch REL_19_STABLE, the older ones what 18
 * prints for the same statistics.
 */
import { expect, test } from "vitest";
import {
  parseDependencies,
  parseNDistinct,
  renumberDependencies,
  renumberNDistinct,
} from "../../../src/catalog/multivariate.ts";

test.each([
  `[{"attributes": [2, 3], "ndistinct": 3}, {"attributes": [2, -1], "ndistinct": 3}, {"attributes": [2, 3, -1], "ndistinct": 12}]`,
  `{"2, 3": 3, "2, -1": 3, "2, 3, -1": 12}`,
])("pg_ndistinct %s", (text) => {
  expect(parseNDistinct(text)).toEqual([
    { attributes: [2, 3], ndistinct: 3 },
    { attributes: [2, -1], ndistinct: 3 },
    { attributes: [2, 3, -1], ndistinct: 12 },
  ]);
});

test.each([
  `[{"attributes": [3], "dependency": 2, "degree": 1.000000}, {"attributes": [2, 3], "dependency": -1, "degree": 0.916667}]`,
  `{"3 => 2": 1.000000, "2, 3 => -1": 0.916667}`,
])("pg_dependencies %s", (text) => {
  expect(parseDependencies(text)).toEqual([
    { attributes: [3], dependency: 2, degree: 1 },
    { attributes: [2, 3], dependency: -1, degree: 0.916667 },
  ]);
});

test.each([
  "",
  "null",
  "3",
  "{",
  `{"2, x": 3}`,
  `{"2, 3": "3"}`,
  `{"2, 3": 0.5}`,
  `[null]`,
  `[[2, 3]]`,
  `[{"attributes": 2, "ndistinct": 3}]`,
  `[{"attributes": ["2"], "ndistinct": 3}]`,
  `[{"attributes": [2, 3]}]`,
])("nothing of %j is taken", (text) => {
  expect(parseNDistinct(text)).toBeNull();
  expect(parseDependencies(text)).toBeNull();
});

test("other numbers", () => {
  const next = (number: number): number => number + 1;
  expect(renumberNDistinct([{ attributes: [1, 2], ndistinct: 3 }], next)).toEqual([
    { attributes: [2, 3], ndistinct: 3 },
  ]);
  expect(renumberDependencies([{ attributes: [1, 2], dependency: 3, degree: 0.5 }], next)).toEqual([
    { attributes: [2, 3], dependency: 4, degree: 0.5 },
  ]);
});
