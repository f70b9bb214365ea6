import { expect, test } from "vitest";
import type { ColumnRow } from "../../../src/catalog/column.ts";
import { columnSettings } from "../../../src/ddl/column-settings.ts";
import { contextOf } from "../../support/catalog.ts";

const PLAIN: ColumnRow = {
  relation: 16400,
  number: 1,
  name: "a",
  type: "text",
  notNull: false,
  identity: "",
  generated: "",
  isLocal: true,
  statisticsTarget: -1,
  storage: "p",
  typeStorage: "p",
  compression: "",
  collation: null,
  options: null,
  foreignOptions: null,
  acl: null,
  defaultValue: null,
  defaultOid: null,
  hasUnusedDefault: false,
};

test.each<[Partial<ColumnRow>, string[]]>([
  [{}, []],
  [{ statisticsTarget: 0, storage: "m" }, ["SET STATISTICS 0", "SET STORAGE MAIN"]],
  [{ compression: "p" }, ["SET COMPRESSION pglz"]],
  [
    { options: ["n_distinct=-0.5", "n_distinct_inherited=7"] },
    ["SET (n_distinct=-0.5, n_distinct_inherited=7)"],
  ],
  // A column's version is nothing that somebody set.
  [{ options: ["pg_attver=361351288"] }, []],
  [{ options: ["pg_attver=361351288", "n_distinct=5"] }, ["SET (n_distinct=5)"]],
])("%j", (row, settings) => {
  expect(columnSettings(contextOf({}), { ...PLAIN, ...row })).toEqual(settings);
});
