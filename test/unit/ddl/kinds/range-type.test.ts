import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { rangeTypes } from "../../../../src/ddl/kinds/range-type.ts";
import { type ContextOptions, statementsOf, typeRow } from "../../../support/catalog.ts";

const RANGE = {
  type: 16400,
  subtype: "double precision",
  opclass: null,
  collation: null,
  canonical: null,
  subtypeDiff: null,
  multirangeName: "shop.floatmultirange",
  multirangeType: 16402,
  multirangeArrayType: 16403,
  functions: [],
  movedConstructors: [],
  casts: [],
};
const TYPES = [typeRow(16400, "floatrange", "r")];
const PLAIN = `CREATE TYPE shop.floatrange AS RANGE (
    subtype = double precision,
    multirange_type_name = shop.floatmultirange
)`;

type Case = [what: string, rows: Partial<Catalog>, statements: string[], options?: ContextOptions];

test.each<Case>([
  ["with its multirange", { types: TYPES, rangeTypes: [RANGE] }, [PLAIN]],
  [
    "reproducible: the name that the server makes by itself is left out",
    { types: TYPES, rangeTypes: [RANGE] },
    ["CREATE TYPE shop.floatrange AS RANGE (\n    subtype = double precision\n)"],
    { reproducible: true },
  ],
  [
    "reproducible: another name stays",
    { types: TYPES, rangeTypes: [{ ...RANGE, multirangeName: "shop.floats" }] },
    [PLAIN.replace("floatmultirange", "floats")],
    { reproducible: true },
  ],
  [
    "before 14 there is none",
    { types: TYPES, rangeTypes: [{ ...RANGE, multirangeName: null }] },
    ["CREATE TYPE shop.floatrange AS RANGE (\n    subtype = double precision\n)"],
  ],
  [
    "constructors of a type that got another name and schema",
    {
      types: TYPES,
      rangeTypes: [
        {
          ...RANGE,
          movedConstructors: [
            {
              created: { namespace: "shop", name: "floatrange" },
              namespace: "old",
              name: "o o",
              arguments: "double precision, double precision",
            },
            {
              created: { namespace: "shop", name: "floatmultirange" },
              namespace: "shop",
              name: "many",
              arguments: "",
            },
          ],
        },
      ],
    },
    [
      PLAIN,
      `ALTER FUNCTION shop.floatrange(double precision, double precision) RENAME TO "o o"`,
      `ALTER FUNCTION shop."o o"(double precision, double precision) SET SCHEMA old`,
      "ALTER FUNCTION shop.floatmultirange() RENAME TO many",
    ],
  ],
  [
    "everything: the canonical function wants the shell first",
    {
      types: TYPES,
      rangeTypes: [
        {
          ...RANGE,
          opclass: "shop.ops",
          collation: 'pg_catalog."C"',
          canonical: "shop.c",
          subtypeDiff: "shop.d",
        },
      ],
    },
    [
      "CREATE TYPE shop.floatrange",
      `CREATE TYPE shop.floatrange AS RANGE (
    subtype = double precision,
    multirange_type_name = shop.floatmultirange,
    subtype_opclass = shop.ops,
    collation = pg_catalog."C",
    canonical = shop.c,
    subtype_diff = shop.d
)`,
    ],
  ],
])("%s", (_what, rows, statements, options) => {
  expect(statementsOf(rangeTypes, rows, options)).toEqual(statements);
});
