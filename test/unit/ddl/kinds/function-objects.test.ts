import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { functions } from "../../../../src/ddl/kinds/function.ts";
import {
  contextOf,
  type ContextOptions,
  functionRow,
  membersOf,
  statementsOf,
} from "../../../support/catalog.ts";

type Case = [what: string, rows: Partial<Catalog>, statements: string[], options?: ContextOptions];

test.each<Case>([
  [
    "a function",
    { functions: [functionRow(16400, "f", {})] },
    ["CREATE FUNCTION shop.f(a integer) RETURNS integer\n    LANGUAGE sql\n    AS $$SELECT a$$"],
  ],
  [
    "a procedure",
    { functions: [functionRow(16400, "p", { kind: "p", result: null })] },
    ["CREATE PROCEDURE shop.p(a integer)\n    LANGUAGE sql\n    AS $$SELECT a$$"],
  ],
  [
    "one whose parsed body calls itself: a bare one first",
    {
      functions: [
        functionRow(16400, "f", { sqlBody: "RETURN shop.f((a - 1))", callsItself: true }),
      ],
    },
    [
      "CREATE FUNCTION shop.f(a integer) RETURNS integer\n    LANGUAGE sql\n    AS $$$$",
      "CREATE OR REPLACE FUNCTION shop.f(a integer) RETURNS integer\n    LANGUAGE sql\n    RETURN shop.f((a - 1))",
    ],
  ],
  [
    "an extension's comes with it, aggregates have a kind of their own",
    {
      functions: [functionRow(16400, "f", {}), functionRow(16401, "g", { kind: "a" })],
      members: membersOf(16500, ["proc", 16400]),
    },
    [],
  ],
  [
    "reproducible: procedures of 13 say IN as later ones do",
    { functions: [functionRow(16400, "p", { kind: "p", result: null })] },
    ["CREATE PROCEDURE shop.p(IN a integer)\n    LANGUAGE sql\n    AS $$SELECT a$$"],
    { major: 13, reproducible: true },
  ],
])("%s", (_what, rows, statements, options) => {
  expect(statementsOf(functions, rows, options)).toEqual(statements);
});

test("is named by its argument types, and addressed by its arguments", () => {
  const [object] = functions(contextOf({ functions: [functionRow(16400, "f", {})] }));
  expect(object).toMatchObject({
    kind: "function",
    name: "f(integer)",
    target: "FUNCTION shop.f(a integer)",
  });
});
