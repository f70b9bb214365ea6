import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { languages, transforms } from "../../../../src/ddl/kinds/language.ts";
import { membersOf, POSTGRES, statementsOf } from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  name: "lua",
  owner: POSTGRES,
  acl: null,
  aclDefault: [],
  isTrusted: false,
  handler: "shop.h",
  inline: null,
  validator: null,
};

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  ["plain", { languages: [ROW] }, ["CREATE PROCEDURAL LANGUAGE lua\n    HANDLER shop.h"]],
  [
    "trusted, with everything",
    { languages: [{ ...ROW, isTrusted: true, inline: "shop.i", validator: "shop.v" }] },
    [
      "CREATE TRUSTED PROCEDURAL LANGUAGE lua\n    HANDLER shop.h\n    INLINE shop.i\n    VALIDATOR shop.v",
    ],
  ],
  [
    "an extension's comes with it",
    { languages: [ROW], members: membersOf(16500, ["language", 16400]) },
    [],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(languages, rows)).toEqual(statements);
});

const TRANSFORM = { oid: 16400, type: "shop.a", language: "lua", fromSql: null, toSql: null };

test.each([
  [{ fromSql: "shop.f(internal)" }, "    FROM SQL WITH FUNCTION shop.f(internal)"],
  [{ toSql: "shop.t(internal)" }, "    TO SQL WITH FUNCTION shop.t(internal)"],
  [
    { fromSql: "shop.f(internal)", toSql: "shop.t(internal)" },
    "    FROM SQL WITH FUNCTION shop.f(internal),\n    TO SQL WITH FUNCTION shop.t(internal)",
  ],
])("a transform with %j", (row, functions) => {
  expect(statementsOf(transforms, { transforms: [{ ...TRANSFORM, ...row }] })).toEqual([
    `CREATE TRANSFORM FOR shop.a LANGUAGE lua (\n${functions}\n)`,
  ]);
});
