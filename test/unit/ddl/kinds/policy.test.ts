import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { policies, rowSecurity } from "../../../../src/ddl/kinds/policy.ts";
import { ALICE, contextOf, statementsOf, tableRow } from "../../../support/catalog.ts";

const TABLE = { relations: [tableRow(16400, "t")] };
const ROW = {
  oid: 16410,
  name: "own rows",
  relation: 16400,
  command: "*",
  permissive: true,
  roles: [0],
  using: null,
  check: null,
} as const;

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  ["for all", { ...TABLE, policies: [ROW] }, [`CREATE POLICY "own rows" ON shop.t`]],
  [
    "everything",
    {
      ...TABLE,
      policies: [
        {
          ...ROW,
          command: "w",
          permissive: false,
          roles: [ALICE],
          using: "(a > 0)",
          check: "(a > 1)",
        },
      ],
    },
    [
      `CREATE POLICY "own rows" ON shop.t AS RESTRICTIVE FOR UPDATE TO "Alice" USING ((a > 0)) WITH CHECK ((a > 1))`,
    ],
  ],
  [
    "for PUBLIC and others: for PUBLIC",
    { ...TABLE, policies: [{ ...ROW, command: "r", roles: [0, ALICE] }] },
    [`CREATE POLICY "own rows" ON shop.t FOR SELECT`],
  ],
  [
    "insert and delete",
    {
      ...TABLE,
      policies: [
        { ...ROW, name: "i", command: "a" },
        { ...ROW, oid: 16411, name: "d", command: "d" },
      ],
    },
    ["CREATE POLICY i ON shop.t FOR INSERT", "CREATE POLICY d ON shop.t FOR DELETE"],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(policies, rows)).toEqual(statements);
});

test("names the roles, which a restore looks for beforehand", () => {
  const rows = { ...TABLE, policies: [{ ...ROW, roles: [0, ALICE] }] };
  expect(policies(contextOf(rows))[0]?.roles).toEqual([ALICE]);
});

test("row security, enabled and forced", () => {
  const relations = [
    tableRow(16400, "e", { rowSecurity: true }),
    tableRow(16403, "f", { rowSecurity: true, forceRowSecurity: true }),
    tableRow(16406, "n"),
  ];
  expect(statementsOf(rowSecurity, { relations })).toEqual([
    "ALTER TABLE ONLY shop.e ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE ONLY shop.f ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE ONLY shop.f FORCE ROW LEVEL SECURITY",
  ]);
});
