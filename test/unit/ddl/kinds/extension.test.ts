import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { extensions } from "../../../../src/ddl/kinds/extension.ts";
import { contextOf, membersOf, SHOP, statementsOf, tableRow } from "../../../support/catalog.ts";

const ROW = {
  oid: 16500,
  name: "hstore",
  namespace: SHOP,
  controlComment: "key/value pairs",
  configTables: [],
};

test("in its schema and without a version; initdb's own are in every database", () => {
  const rows = { extensions: [ROW, { ...ROW, oid: 13000, name: "plpgsql" }] };
  expect(statementsOf(extensions, rows)).toEqual([
    "CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA shop",
  ]);
});

test("names what no script makes again: members added by hand, and rows of its tables", () => {
  const rows: Partial<Catalog> = {
    extensions: [{ ...ROW, configTables: [{ relationOid: 16403, condition: "" }] }],
    relations: [16400, 16401, 16402, 16403].map((oid) => tableRow(oid, `t${oid}`)),
    members: membersOf(
      16500,
      ["class", 16400],
      ["class", 16401],
      ["class", 16402],
      ["class", 16403],
    ),
    manualExtensionMembers: [16400, 16401].map((objid) => ({
      extension: 16500,
      classid: 1259,
      objid,
      description: `table shop.t${objid}`,
    })),
    tableSizes: [16401, 16402, 16403].map((oid) => ({ oid, pages: 1, toastPages: 0 })),
  };
  const [extension] = extensions(contextOf(rows));
  expect(extension?.warnings?.map(({ code, object }) => [code, object])).toEqual([
    ["manual-extension-member", "table shop.t16400"],
    ["manual-extension-member", "table shop.t16401"],
    ["extension-rows", "table shop.t16402"],
  ]);
  expect(extension?.warnings?.[1]?.message).toContain("with its rows");
});
