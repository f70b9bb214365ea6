import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { indexes } from "../../../../src/ddl/kinds/index-relation.ts";
import { notNullConstraints } from "../../../../src/ddl/kinds/not-null.ts";
import { tables } from "../../../../src/ddl/kinds/table.ts";
import {
  columnRow,
  constraintRow,
  contextOf,
  type ContextOptions,
  indexRow,
  statementsOf,
  tableRow,
} from "../../../support/catalog.ts";

const all = (context: Parameters<typeof tables>[0]) => [
  ...tables(context),
  ...notNullConstraints(context),
];
const TABLE = {
  relations: [tableRow(16400, "t")],
  columns: [columnRow(16400, 1, "a", { notNull: true })],
};
const NOT_NULL = { type: "n", columns: [1], definition: "NOT NULL a" } as const;
const TREE = {
  relations: [tableRow(16400, "p"), tableRow(16420, "t")],
  inherits: [{ child: 16420, parent: 16400 }],
};

type Case = [what: string, rows: Partial<Catalog>, statements: string[], options?: ContextOptions];

test.each<Case>([
  ["a mark up to 17", TABLE, ["CREATE TABLE shop.t (\n    a integer NOT NULL\n)"], { major: 17 }],
  [
    "18: with the name that PostgreSQL chooses",
    { ...TABLE, constraints: [constraintRow(16410, 16400, "t_a_not_null", NOT_NULL)] },
    ["CREATE TABLE shop.t (\n    a integer NOT NULL\n)"],
    { major: 18 },
  ],
  [
    "18: with another name, not for children",
    {
      ...TABLE,
      constraints: [constraintRow(16410, 16400, "must be", { ...NOT_NULL, noInherit: true })],
    },
    [`CREATE TABLE shop.t (\n    a integer CONSTRAINT "must be" NOT NULL NO INHERIT\n)`],
    { major: 18 },
  ],
  [
    "18: never validated",
    {
      ...TABLE,
      constraints: [
        constraintRow(16410, 16400, "n", {
          ...NOT_NULL,
          definition: "NOT NULL a NOT VALID",
          isValidated: false,
        }),
      ],
    },
    [
      "CREATE TABLE shop.t (\n    a integer\n)",
      "ALTER TABLE shop.t\n    ADD CONSTRAINT n NOT NULL a NOT VALID",
    ],
    { major: 18 },
  ],
  [
    "18: an inherited column's own, in table form",
    {
      ...TREE,
      columns: [
        columnRow(16400, 1, "a"),
        columnRow(16420, 1, "a", { isLocal: false, notNull: true }),
      ],
      constraints: [constraintRow(16410, 16420, "t_a_not_null", NOT_NULL)],
    },
    [
      "CREATE TABLE shop.p (\n    a integer\n)",
      "CREATE TABLE shop.t (\n    NOT NULL a\n)\nINHERITS (shop.p)",
    ],
    { major: 18 },
  ],
  [
    "up to 17: an inherited column's own, by ALTER TABLE",
    {
      ...TREE,
      columns: [
        columnRow(16400, 1, "a"),
        columnRow(16420, 1, "a", { isLocal: false, notNull: true }),
      ],
    },
    [
      "CREATE TABLE shop.p (\n    a integer\n)",
      "CREATE TABLE shop.t ()\nINHERITS (shop.p)",
      "ALTER TABLE ONLY shop.t ALTER COLUMN a SET NOT NULL",
    ],
  ],
])("%s", (_what, rows, statements, options) => {
  expect(statementsOf(all, rows, options)).toEqual(statements);
});

/** `t` inherits from `p` or not. */
const keyed = (inherits: Catalog["inherits"]) => ({
  ...TREE,
  inherits,
  columns: [
    columnRow(16400, 1, "a", { notNull: true }),
    columnRow(16420, 1, "a", { isLocal: inherits.length === 0 }),
  ],
  constraints: [
    constraintRow(16410, 16400, "p_a_not_null", { ...NOT_NULL, noInherit: true }),
    constraintRow(16411, 16400, "p_pkey", {
      type: "p",
      columns: [1],
      definition: "PRIMARY KEY (a)",
      index: 16430,
    }),
  ],
  indexes: [indexRow(16430, 16400, "p_pkey", { isPrimary: true })],
});

test.each([
  ["after the rows", "post-data", []],
  ["before tables that inherit", "pre-data", TREE.inherits],
] as const)("18: a key's, not for children: made so after the key, %s", (_, section, inherits) => {
  const context = contextOf(keyed([...inherits]), { major: 18 });
  const [parent, child, notNull, key] = [...all(context), ...indexes(context)];
  expect(parent!.sql()).toEqual([
    "CREATE TABLE shop.p (\n    a integer CONSTRAINT p_a_not_null NOT NULL\n)",
  ]);
  expect(notNull!.sql()).toEqual(["ALTER TABLE shop.p ALTER CONSTRAINT p_a_not_null NO INHERIT"]);
  expect(notNull!.requires).toEqual([key!.id]);
  expect([key!.section, notNull!.section]).toEqual([section, section]);
  expect(child!.requires?.includes(notNull!.id)).toBe(section === "pre-data");
});

test("up to 17 a child may be nullable where its parent is not: undone for older servers alone", () => {
  const statements = statementsOf(all, {
    ...TREE,
    columns: [
      columnRow(16400, 1, "a", { notNull: true }),
      columnRow(16420, 1, "a", { isLocal: false }),
    ],
  });
  expect(statements[2]).toMatch(/^DO [^]*< 180000[^]*ALTER COLUMN a DROP NOT NULL/);
});
