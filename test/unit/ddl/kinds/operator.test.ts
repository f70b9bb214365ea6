import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { operators } from "../../../../src/ddl/kinds/operator.ts";
import { POSTGRES, SHOP, statementsOf } from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  name: "===",
  namespace: SHOP,
  owner: POSTGRES,
  left: "integer",
  right: "integer",
  function: "shop.eq",
  restrict: null,
  join: null,
  commutator: null,
  commutatorNamespace: 0,
  negator: null,
  negatorNamespace: 0,
  hashes: false,
  merges: false,
};

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  [
    "binary",
    { operators: [ROW] },
    [
      "CREATE OPERATOR shop.=== (\n    FUNCTION = shop.eq,\n    LEFTARG = integer,\n    RIGHTARG = integer\n)",
    ],
  ],
  [
    "prefix",
    { operators: [{ ...ROW, left: null }] },
    ["CREATE OPERATOR shop.=== (\n    FUNCTION = shop.eq,\n    RIGHTARG = integer\n)"],
  ],
  [
    "everything",
    {
      operators: [
        {
          ...ROW,
          restrict: "eqsel",
          join: "eqjoinsel",
          commutator: "OPERATOR(shop.===)",
          negator: "OPERATOR(shop.!==)",
          hashes: true,
          merges: true,
        },
      ],
    },
    [
      `CREATE OPERATOR shop.=== (
    FUNCTION = shop.eq,
    LEFTARG = integer,
    RIGHTARG = integer,
    COMMUTATOR = OPERATOR(shop.===),
    NEGATOR = OPERATOR(shop.!==),
    HASHES,
    MERGES,
    RESTRICT = eqsel,
    JOIN = eqjoinsel
)`,
    ],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(operators, rows)).toEqual(statements);
});
