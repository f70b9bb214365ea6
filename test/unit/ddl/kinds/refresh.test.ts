import { expect, test } from "vitest";
import { refreshes } from "../../../../src/ddl/kinds/refresh.ts";
import { contextOf, statementsOf, tableRow } from "../../../support/catalog.ts";

const rule = (oid: number, relation: number) => ({
  oid,
  name: "_RETURN",
  relation,
  definition: null,
  enabled: "O" as const,
  isViewQuery: true,
  readsItself: false,
});
/** `a` reads the view `v`, which reads `b`. */
const ROWS = {
  relations: [
    tableRow(16400, "a", { kind: "m" }),
    tableRow(16410, "v", { kind: "v" }),
    tableRow(16420, "b", { kind: "m" }),
  ],
  rules: [rule(16430, 16400), rule(16431, 16410), rule(16432, 16420)],
  depends: [
    {
      classid: 2618,
      refclassid: 1259,
      deptype: "n" as const,
      objids: [16430, 16431],
      refobjids: [16410, 16420],
    },
  ],
};

test("what another one reads, through views too, is filled first", () => {
  const objects = refreshes(contextOf(ROWS));
  expect(objects.flatMap(({ sql }) => sql())).toEqual([
    "REFRESH MATERIALIZED VIEW shop.a",
    "REFRESH MATERIALIZED VIEW shop.b",
  ]);
  expect(objects[0]?.requires).toContain(objects[1]?.id);
});

test("one that was never populated stays so, and so does what reads it, with a warning", () => {
  const relations = ROWS.relations.map((row) =>
    row.name === "b" ? { ...row, isPopulated: false } : row,
  );
  const objects = refreshes(contextOf({ ...ROWS, relations }));
  expect(objects.flatMap(({ sql }) => sql())).toEqual([]);
  expect(objects[0]?.warnings?.map(({ code }) => code)).toEqual(["unpopulated-view"]);
});

test("views that read each other in a cycle end the search", () => {
  const [depend] = ROWS.depends;
  const cyclic = { ...depend!, objids: [16430, 16431, 16431], refobjids: [16410, 16410, 16400] };
  expect(statementsOf(refreshes, { ...ROWS, depends: [cyclic] })).toHaveLength(2);
});
