import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { compositeTypes } from "../../../../src/ddl/kinds/composite-type.ts";
import { statementsOf, typeRow } from "../../../support/catalog.ts";

const COLUMN = {
  type: 16400,
  relation: 16402,
  number: 1,
  name: "First",
  columnType: "text",
  collation: 'pg_catalog."C"',
};

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  [
    "columns with and without a collation",
    {
      types: [typeRow(16400, "pair", "c")],
      compositeColumns: [
        COLUMN,
        { ...COLUMN, number: 2, name: "b", columnType: "integer", collation: null },
      ],
    },
    [`CREATE TYPE shop.pair AS (\n    "First" text COLLATE pg_catalog."C",\n    b integer\n)`],
  ],
  [
    "without columns",
    {
      types: [typeRow(16400, "bare", "c")],
      compositeColumns: [{ ...COLUMN, number: null, name: null, columnType: null }],
    },
    ["CREATE TYPE shop.bare AS (\n)"],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(compositeTypes, rows)).toEqual(statements);
});
