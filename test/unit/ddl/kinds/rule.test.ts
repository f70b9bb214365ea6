import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { rules } from "../../../../src/ddl/kinds/rule.ts";
import { statementsOf, tableRow } from "../../../support/catalog.ts";

const ROW = {
  oid: 16410,
  name: "r",
  relation: 16400,
  definition: "CREATE RULE r AS ON INSERT TO shop.t DO INSTEAD NOTHING;",
  enabled: "O",
  isViewQuery: false,
  readsItself: false,
} as const;
const CREATE = "CREATE RULE r AS ON INSERT TO shop.t DO INSTEAD NOTHING";
const TABLE = { relations: [tableRow(16400, "t")] };

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  ["without the server's semicolon", { ...TABLE, rules: [ROW] }, [CREATE]],
  [
    "disabled",
    { ...TABLE, rules: [{ ...ROW, enabled: "D" }] },
    [CREATE, "ALTER TABLE shop.t DISABLE RULE r"],
  ],
  [
    "always",
    { ...TABLE, rules: [{ ...ROW, enabled: "A" }] },
    [CREATE, "ALTER TABLE shop.t ENABLE ALWAYS RULE r"],
  ],
  [
    "on replicas",
    { ...TABLE, rules: [{ ...ROW, enabled: "R" }] },
    [CREATE, "ALTER TABLE shop.t ENABLE REPLICA RULE r"],
  ],
  [
    "a view's query is the view's",
    { ...TABLE, rules: [{ ...ROW, isViewQuery: true, readsItself: false }] },
    [],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(rules, rows)).toEqual(statements);
});
