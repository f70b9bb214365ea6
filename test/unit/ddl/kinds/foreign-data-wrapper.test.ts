import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { foreignDataWrappers } from "../../../../src/ddl/kinds/foreign-data-wrapper.ts";
import { contextOf, membersOf, POSTGRES, statementsOf } from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  name: "w",
  owner: POSTGRES,
  handler: null,
  validator: null,
  connection: null,
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
          connection: "shop.c",
          options: ["debug=true", "Odd Name=it's=so"],
        },
      ],
    },
    [
      `CREATE FOREIGN DATA WRAPPER w HANDLER shop.h VALIDATOR shop.v CONNECTION shop.c OPTIONS (debug 'true', "Odd Name" 'it''s=so')`,
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

test("a connection function needs PostgreSQL 19", () => {
  const featuresWith = (connection: string | null) =>
    foreignDataWrappers(contextOf({ foreignDataWrappers: [{ ...ROW, connection }] }))[0]?.features;
  expect(featuresWith("shop.c")).toMatchObject([{ code: "wrapper-connection", since: 19 }]);
  expect(featuresWith(null)).toBeUndefined();
});
