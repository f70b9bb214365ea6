import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { foreignServers } from "../../../../src/ddl/kinds/foreign-server.ts";
import { membersOf, POSTGRES, statementsOf } from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  name: "far",
  owner: POSTGRES,
  wrapper: "w",
  type: null,
  version: null,
  options: null,
  acl: null,
  aclDefault: [],
};

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  ["plain", { foreignServers: [ROW] }, ["CREATE SERVER far FOREIGN DATA WRAPPER w"]],
  [
    "everything",
    { foreignServers: [{ ...ROW, type: "a", version: "1'0", options: ["host=x"] }] },
    [`CREATE SERVER far TYPE 'a' VERSION '1''0' FOREIGN DATA WRAPPER w OPTIONS (host 'x')`],
  ],
  [
    "an extension's comes with it",
    { foreignServers: [ROW], members: membersOf(16500, ["foreignServer", 16400]) },
    [],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(foreignServers, rows)).toEqual(statements);
});
