import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { accessMethods } from "../../../../src/ddl/kinds/access-method.ts";
import { membersOf, statementsOf } from "../../../support/catalog.ts";

const ROW = { oid: 16400, name: "heap 2", type: "t", handler: "shop.handler" } as const;

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  [
    "of tables",
    { accessMethods: [ROW] },
    [`CREATE ACCESS METHOD "heap 2" TYPE TABLE HANDLER shop.handler`],
  ],
  [
    "of indexes",
    { accessMethods: [{ ...ROW, name: "trie", type: "i" }] },
    ["CREATE ACCESS METHOD trie TYPE INDEX HANDLER shop.handler"],
  ],
  [
    "an extension's comes with it",
    { accessMethods: [ROW], members: membersOf(16500, ["accessMethod", 16400]) },
    [],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(accessMethods, rows)).toEqual(statements);
});
