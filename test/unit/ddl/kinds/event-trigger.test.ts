import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { eventTriggers } from "../../../../src/ddl/kinds/event-trigger.ts";
import { membersOf, POSTGRES, statementsOf } from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  name: "watch",
  owner: POSTGRES,
  event: "ddl_command_end",
  tags: null,
  functionName: "shop.f",
  enabled: "O",
} as const;
const CREATE = "CREATE EVENT TRIGGER watch ON ddl_command_end\n    EXECUTE FUNCTION shop.f()";

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  ["plain", { eventTriggers: [ROW] }, [CREATE]],
  [
    "for some commands",
    { eventTriggers: [{ ...ROW, tags: ["CREATE TABLE", "DROP TABLE"] }] },
    [
      "CREATE EVENT TRIGGER watch ON ddl_command_end\n    WHEN TAG IN ('CREATE TABLE', 'DROP TABLE')\n    EXECUTE FUNCTION shop.f()",
    ],
  ],
  [
    "disabled",
    { eventTriggers: [{ ...ROW, enabled: "D" }] },
    [CREATE, "ALTER EVENT TRIGGER watch DISABLE"],
  ],
  [
    "on replicas",
    { eventTriggers: [{ ...ROW, enabled: "R" }] },
    [CREATE, "ALTER EVENT TRIGGER watch ENABLE REPLICA"],
  ],
  [
    "always",
    { eventTriggers: [{ ...ROW, enabled: "A" }] },
    [CREATE, "ALTER EVENT TRIGGER watch ENABLE ALWAYS"],
  ],
  [
    "an extension's comes with it",
    { eventTriggers: [ROW], members: membersOf(16500, ["eventTrigger", 16400]) },
    [],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(eventTriggers, rows)).toEqual(statements);
});
