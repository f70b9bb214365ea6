import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { statistics } from "../../../../src/ddl/kinds/statistics.ts";
import {
  contextOf,
  membersOf,
  POSTGRES,
  SHOP,
  statementsOf,
  tableRow,
} from "../../../support/catalog.ts";

const TABLE = { relations: [tableRow(16400, "t")] };
const ROW = {
  oid: 16410,
  name: "st",
  namespace: SHOP,
  relation: 16400,
  owner: POSTGRES,
  definition: "CREATE STATISTICS shop.st ON a, b FROM shop.t",
  target: -1,
  hasExpressions: false,
  onVirtualColumn: false,
};

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  ["as the server prints it", { ...TABLE, statistics: [ROW] }, [ROW.definition]],
  [
    "with a target of its own",
    { ...TABLE, statistics: [{ ...ROW, target: 0 }] },
    [ROW.definition, "ALTER STATISTICS shop.st SET STATISTICS 0"],
  ],
  [
    "an extension's comes with it",
    { ...TABLE, statistics: [ROW], members: membersOf(16500, ["statistics", 16410]) },
    [],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(statistics, rows)).toEqual(statements);
});

test.each([
  [{ hasExpressions: true }, ["expression-statistics"]],
  [{ onVirtualColumn: true }, ["virtual-column-statistics"]],
  [{}, undefined],
])("%j need %j of a server", (row, codes) => {
  const [object] = statistics(contextOf({ ...TABLE, statistics: [{ ...ROW, ...row }] }));
  expect(object?.features?.map(({ code }) => code)).toEqual(codes);
});
