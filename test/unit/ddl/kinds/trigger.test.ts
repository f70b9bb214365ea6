import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { triggers } from "../../../../src/ddl/kinds/trigger.ts";
import { contextOf, statementsOf, tableRow, triggerRow } from "../../../support/catalog.ts";

const TABLE = { relations: [tableRow(16400, "t")] };
const ROW = triggerRow(16410, 16400, "tr");
const TREE = {
  relations: [tableRow(16400, "p", { kind: "p" }), tableRow(16420, "p1", { isPartition: true })],
  inherits: [{ child: 16420, parent: 16400 }],
};
const COPY = triggerRow(16430, 16420, "tr", { isInherited: true, parent: 16410 });

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  ["as the server prints it", { ...TABLE, triggers: [ROW] }, [ROW.definition]],
  [
    "disabled",
    { ...TABLE, triggers: [{ ...ROW, enabled: "D" }] },
    [ROW.definition, "ALTER TABLE shop.t DISABLE TRIGGER tr"],
  ],
  [
    "always, on a foreign table",
    {
      relations: [tableRow(16400, "t", { kind: "f" })],
      triggers: [{ ...ROW, enabled: "A" }],
    },
    [ROW.definition, "ALTER FOREIGN TABLE shop.t ENABLE ALWAYS TRIGGER tr"],
  ],
  [
    "a partition's copy comes with its parent's",
    { ...TREE, triggers: [ROW, COPY] },
    [ROW.definition],
  ],
  [
    "a partition's copy with a state of its own",
    { ...TREE, triggers: [ROW, { ...COPY, enabled: "R", hasOwnState: true }] },
    [ROW.definition, "ALTER TABLE shop.p1 ENABLE REPLICA TRIGGER tr"],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(triggers, rows)).toEqual(statements);
});

test("a copy's state is set after its ancestor's", () => {
  const [parent, copy] = triggers(contextOf({ ...TREE, triggers: [ROW, COPY] }));
  expect(copy?.requires).toContain(parent?.id);
});

test("a copy that was renamed gets its name back where servers before 15 keep one", () => {
  const rows = { ...TREE, triggers: [ROW, { ...COPY, ownName: "Mine" }] };
  const [, , rename] = triggers(contextOf(rows));
  expect(rename?.sql()[0]).toMatch(/^DO [^]*< 150000[^]*RENAME TO "Mine"/);
  expect(rename?.warnings?.map(({ code }) => code)).toEqual(["trigger-renamed"]);
});
