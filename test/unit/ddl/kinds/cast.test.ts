import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { casts } from "../../../../src/ddl/kinds/cast.ts";
import { membersOf, statementsOf } from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  sourceType: "shop.a",
  targetType: "text",
  method: "f",
  castFunction: "shop.to_text(shop.a)",
  isFunctionOfUser: true,
  context: "e",
} as const;

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  [
    "by a function",
    { casts: [ROW] },
    ["CREATE CAST (shop.a AS text) WITH FUNCTION shop.to_text(shop.a)"],
  ],
  [
    "by input and output",
    { casts: [{ ...ROW, method: "i", castFunction: null, context: "a" }] },
    ["CREATE CAST (shop.a AS text) WITH INOUT AS ASSIGNMENT"],
  ],
  [
    "of equal bytes",
    { casts: [{ ...ROW, method: "b", castFunction: null, context: "i" }] },
    ["CREATE CAST (shop.a AS text) WITHOUT FUNCTION AS IMPLICIT"],
  ],
  [
    "an extension's comes with it",
    { casts: [ROW], members: membersOf(16500, ["cast", 16400]) },
    [],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(casts, rows)).toEqual(statements);
});
