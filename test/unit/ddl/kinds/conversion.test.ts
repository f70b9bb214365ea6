import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { conversions } from "../../../../src/ddl/kinds/conversion.ts";
import { POSTGRES, SHOP, statementsOf } from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  name: "c",
  namespace: SHOP,
  owner: POSTGRES,
  from: "LATIN1",
  to: "UTF8",
  function: "iso8859_1_to_utf8",
  isDefault: false,
};

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  [
    "plain",
    { conversions: [ROW] },
    ["CREATE CONVERSION shop.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8"],
  ],
  [
    "the default of its encodings",
    { conversions: [{ ...ROW, isDefault: true }] },
    ["CREATE DEFAULT CONVERSION shop.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8"],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(conversions, rows)).toEqual(statements);
});
