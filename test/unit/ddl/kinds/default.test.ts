import { expect, test } from "vitest";
import { address, CATALOG } from "../../../../src/catalog/address.ts";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { defaults } from "../../../../src/ddl/kinds/default.ts";
import { tables } from "../../../../src/ddl/kinds/table.ts";
import {
  columnRow,
  type ContextOptions,
  statementsOf,
  tableRow,
} from "../../../support/catalog.ts";

const all = (context: Parameters<typeof tables>[0]) => [...tables(context), ...defaults(context)];
const WITH_DEFAULT = columnRow(16400, 1, "a", { defaultValue: "1", defaultOid: 16410 });
const CHILD = {
  relations: [tableRow(16400, "p"), tableRow(16420, "t")],
  inherits: [{ child: 16420, parent: 16400 }],
};

type Case = [what: string, rows: Partial<Catalog>, statements: string[], options?: ContextOptions];

test.each<Case>([
  [
    "inside the table",
    { relations: [tableRow(16400, "t")], columns: [WITH_DEFAULT] },
    ["CREATE TABLE shop.t (\n    a integer DEFAULT 1\n)"],
  ],
  [
    "taken out by the plan",
    { relations: [tableRow(16400, "t")], columns: [WITH_DEFAULT] },
    [
      "CREATE TABLE shop.t (\n    a integer\n)",
      "ALTER TABLE ONLY shop.t ALTER COLUMN a SET DEFAULT 1",
    ],
    { separate: [address(CATALOG.attrdef, 16410)] },
  ],
  [
    "of a view's column",
    {
      relations: [tableRow(16400, "v", { kind: "v", definition: "SELECT 1 AS a;" })],
      columns: [WITH_DEFAULT],
    },
    ["ALTER TABLE ONLY shop.v ALTER COLUMN a SET DEFAULT 1"],
  ],
  [
    "of an inherited column: its own, and the parent's dropped",
    {
      ...CHILD,
      columns: [
        WITH_DEFAULT,
        columnRow(16400, 2, "b", { defaultValue: "2", defaultOid: 16411 }),
        columnRow(16420, 1, "a", { isLocal: false, defaultValue: "3", defaultOid: 16421 }),
        columnRow(16420, 2, "b", { isLocal: false }),
      ],
    },
    [
      "CREATE TABLE shop.p (\n    a integer DEFAULT 1,\n    b integer DEFAULT 2\n)",
      "CREATE TABLE shop.t ()\nINHERITS (shop.p)",
      "ALTER TABLE ONLY shop.t ALTER COLUMN a SET DEFAULT 3",
      "ALTER TABLE ONLY shop.t ALTER COLUMN b DROP DEFAULT",
    ],
  ],
  [
    "a local column that dropped its parent's default",
    { ...CHILD, columns: [WITH_DEFAULT, columnRow(16420, 1, "a")] },
    [
      "CREATE TABLE shop.p (\n    a integer DEFAULT 1\n)",
      "CREATE TABLE shop.t (\n    a integer DEFAULT NULL\n)\nINHERITS (shop.p)",
      "ALTER TABLE ONLY shop.t ALTER COLUMN a DROP DEFAULT",
    ],
  ],
  [
    "generated: stored, virtual, and another expression than the parent's",
    {
      ...CHILD,
      columns: [
        columnRow(16400, 1, "a", { generated: "s", defaultValue: "(1 + 1)", defaultOid: 16410 }),
        columnRow(16400, 2, "b", { generated: "v", defaultValue: "2", defaultOid: 16411 }),
        columnRow(16420, 1, "a", {
          isLocal: false,
          generated: "s",
          defaultValue: "(1 + 1)",
          defaultOid: 16421,
        }),
        columnRow(16420, 2, "b", { generated: "v", defaultValue: "3", defaultOid: 16422 }),
      ],
    },
    [
      "CREATE TABLE shop.p (\n    a integer GENERATED ALWAYS AS ((1 + 1)) STORED,\n    b integer GENERATED ALWAYS AS (2) VIRTUAL\n)",
      "CREATE TABLE shop.t (\n    b integer GENERATED ALWAYS AS (3) VIRTUAL /* a parent has another expression */\n)\nINHERITS (shop.p)",
    ],
  ],
])("%s", (_what, rows, statements, options) => {
  expect(statementsOf(all, rows, options)).toEqual(statements);
});
