import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { foreignDataWrappers } from "../../../../src/ddl/kinds/foreign-data-wrapper.ts";
import { membersOf, POSTGRES, statementsOf } from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  name: "w",
  owner: POSTGRES,
  handler: null,
  validator: null,
  options: null,
  acl: null,
  aclDefault: [],
};

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  ["plain", { foreignDataWrappers: [ROW] }, ["CREATE FOREIGN DATA WRAPPER w"]],
  [
    "everything",
    {
      foreignDataWrappers: [
        {
          ...ROW,
          handler: "shop.h",
          validator: "shop.v",
          options: ["debug=true", "Odd Name=it's=so"],
        },
      ],
    },
    [
      `CREATE FOREIGN DATA WRAPPER w HANDLER shop.h VALIDATOR shop.v OPTIONS (debug 'true', "Odd Name" 'it''s=so')`,
    ],
  ],
  [
    "an extension's comes with it",
    { foreignDataWrappers: [ROW], members: membersOf(16500, ["foreignDataWrapper", 16400]) },
    [],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(foreignDataWrappers, rows)).toEqual(statements);
});
