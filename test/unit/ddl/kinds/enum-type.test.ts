import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { enumTypes } from "../../../../src/ddl/kinds/enum-type.ts";
import { statementsOf, typeRow } from "../../../support/catalog.ts";

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  [
    "labels in order, quoted",
    {
      types: [typeRow(16400, "mood", "e")],
      enumLabels: [{ type: 16400, labels: ["so so", "it's ok"] }],
    },
    ["CREATE TYPE shop.mood AS ENUM (\n    'so so',\n    'it''s ok'\n)"],
  ],
  [
    "without labels",
    { types: [typeRow(16400, "bare", "e")] },
    ["CREATE TYPE shop.bare AS ENUM ()"],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(enumTypes, rows)).toEqual(statements);
});
