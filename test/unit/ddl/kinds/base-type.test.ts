import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { baseTypes } from "../../../../src/ddl/kinds/base-type.ts";
import { baseTypeRow, statementsOf, typeRow } from "../../../support/catalog.ts";

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  [
    "the least there is, after its shell",
    { types: [typeRow(16400, "box", "b")], baseTypes: [baseTypeRow(16400)] },
    [
      "CREATE TYPE shop.box",
      `CREATE TYPE shop.box (
    INTERNALLENGTH = variable,
    INPUT = shop.box_in,
    OUTPUT = shop.box_out,
    ALIGNMENT = int4,
    STORAGE = plain
)`,
    ],
  ],
  [
    "everything",
    {
      types: [typeRow(16400, "Box", "b")],
      baseTypes: [
        baseTypeRow(16400, {
          receive: "shop.r",
          send: "shop.s",
          typmodIn: "shop.ti",
          typmodOut: "shop.to",
          analyze: "shop.a",
          subscript: "shop.sub",
          length: 16,
          passedByValue: true,
          alignment: "d",
          storage: "x",
          category: "G",
          isPreferred: true,
          default: "'(0,0)'",
          element: "double precision",
          delimiter: ";",
          collatable: true,
        }),
      ],
    },
    [
      `CREATE TYPE shop."Box"`,
      `CREATE TYPE shop."Box" (
    INTERNALLENGTH = 16,
    INPUT = shop.box_in,
    OUTPUT = shop.box_out,
    RECEIVE = shop.r,
    SEND = shop.s,
    TYPMOD_IN = shop.ti,
    TYPMOD_OUT = shop.to,
    ANALYZE = shop.a,
    SUBSCRIPT = shop.sub,
    COLLATABLE = true,
    DEFAULT = '(0,0)',
    ELEMENT = double precision,
    CATEGORY = 'G',
    PREFERRED = true,
    DELIMITER = ';',
    ALIGNMENT = double,
    STORAGE = extended,
    PASSEDBYVALUE
)`,
    ],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(baseTypes, rows)).toEqual(statements);
});
