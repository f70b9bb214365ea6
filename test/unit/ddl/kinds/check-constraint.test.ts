import { expect, test } from "vitest";
import { address, CATALOG } from "../../../../src/catalog/address.ts";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { checkConstraints } from "../../../../src/ddl/kinds/check-constraint.ts";
import { tables } from "../../../../src/ddl/kinds/table.ts";
import {
  columnRow,
  constraintRow,
  type ContextOptions,
  statementsOf,
  tableRow,
} from "../../../support/catalog.ts";

const TABLE = { relations: [tableRow(16400, "t")], columns: [columnRow(16400, 1, "a")] };
const CHECK = { definition: "CHECK ((a > 0))" };
const all = (context: Parameters<typeof tables>[0]) => [
  ...tables(context),
  ...checkConstraints(context),
];

type Case = [what: string, rows: Partial<Catalog>, statements: string[], options?: ContextOptions];

test.each<Case>([
  [
    "inside the table, by name",
    {
      ...TABLE,
      constraints: [
        constraintRow(16411, 16400, "z", CHECK),
        constraintRow(16410, 16400, "b c", CHECK),
      ],
    },
    [
      `CREATE TABLE shop.t (
    a integer,
    CONSTRAINT "b c" CHECK ((a > 0)),
    CONSTRAINT z CHECK ((a > 0))
)`,
    ],
  ],
  [
    "taken out by the plan",
    { ...TABLE, constraints: [constraintRow(16410, 16400, "c", CHECK)] },
    [
      "CREATE TABLE shop.t (\n    a integer\n)",
      "ALTER TABLE shop.t\n    ADD CONSTRAINT c CHECK ((a > 0))",
    ],
    { separate: [address(CATALOG.constraint, 16410)] },
  ],
  [
    "never validated: after the data",
    {
      ...TABLE,
      constraints: [
        constraintRow(16410, 16400, "c", {
          definition: "CHECK ((a > 0)) NOT VALID",
          isValidated: false,
        }),
      ],
    },
    [
      "CREATE TABLE shop.t (\n    a integer\n)",
      "ALTER TABLE shop.t\n    ADD CONSTRAINT c CHECK ((a > 0)) NOT VALID",
    ],
  ],
  [
    "of a foreign table, not valid",
    {
      relations: [tableRow(16400, "t", { kind: "f", foreignServer: "far" })],
      columns: TABLE.columns,
      constraints: [constraintRow(16410, 16400, "c", { ...CHECK, isValidated: false })],
    },
    [
      "CREATE FOREIGN TABLE shop.t (\n    a integer\n)\nSERVER far",
      "ALTER FOREIGN TABLE shop.t\n    ADD CONSTRAINT c CHECK ((a > 0))",
    ],
  ],
  [
    "inherited: comes with the parent; validated here and not there: validated afterwards",
    {
      relations: [tableRow(16400, "p"), tableRow(16420, "t")],
      columns: [columnRow(16400, 1, "a"), columnRow(16420, 1, "a", { isLocal: false })],
      inherits: [{ child: 16420, parent: 16400 }],
      constraints: [
        constraintRow(16410, 16400, "c", { ...CHECK, isValidated: false }),
        constraintRow(16411, 16420, "c", { ...CHECK, isLocal: false }),
      ],
    },
    [
      "CREATE TABLE shop.p (\n    a integer\n)",
      "CREATE TABLE shop.t ()\nINHERITS (shop.p)",
      "ALTER TABLE shop.p\n    ADD CONSTRAINT c CHECK ((a > 0))",
      "ALTER TABLE shop.t VALIDATE CONSTRAINT c",
    ],
  ],
])("%s", (_what, rows, statements, options) => {
  expect(statementsOf(all, rows, options)).toEqual(statements);
});
