import { expect, test } from "vitest";
import { address, CATALOG } from "../../../../src/catalog/address.ts";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { checkConstraints } from "../../../../src/ddl/kinds/check-constraint.ts";
import { tables } from "../../../../src/ddl/kinds/table.ts";
import { dependencyGraph } from "../../../../src/plan/graph.ts";
import { sort } from "../../../../src/plan/sort.ts";
import {
  columnRow,
  constraintRow,
  contextOf,
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
  [
    "calling a user's function: after the data, on each table that would write it",
    {
      relations: [
        tableRow(16400, "p", { kind: "p", partitionKey: "LIST (a)" }),
        tableRow(16420, "p1", { isPartition: true, partitionBound: "DEFAULT" }),
        tableRow(16430, "child"),
      ],
      columns: [
        columnRow(16400, 1, "a"),
        columnRow(16420, 1, "a"),
        columnRow(16430, 1, "a", { isLocal: false }),
      ],
      inherits: [
        { child: 16420, parent: 16400 },
        { child: 16430, parent: 16400 },
      ],
      constraints: [
        constraintRow(16410, 16400, "c", CHECK),
        constraintRow(16411, 16420, "c", { ...CHECK, isLocal: false }),
        constraintRow(16412, 16430, "c", { ...CHECK, isLocal: false }),
        constraintRow(16413, 16400, "of_extension", CHECK),
      ],
      depends: [
        {
          classid: CATALOG.constraint,
          refclassid: CATALOG.proc,
          deptype: "n",
          objids: [16410, 16411, 16412, 16413],
          refobjids: [16500, 16500, 16500, 16501],
        },
      ],
      members: new Map([[address(CATALOG.proc, 16501), address(CATALOG.extension, 16502)]]),
    },
    [
      "CREATE TABLE shop.p (\n    a integer,\n    CONSTRAINT of_extension CHECK ((a > 0))\n)\nPARTITION BY LIST (a)",
      "CREATE TABLE shop.p1 (\n    a integer\n)",
      "ALTER TABLE ONLY shop.p ATTACH PARTITION shop.p1 DEFAULT",
      "CREATE TABLE shop.child ()\nINHERITS (shop.p)",
      "ALTER TABLE shop.p\n    ADD CONSTRAINT c CHECK ((a > 0))",
      "ALTER TABLE shop.p1\n    ADD CONSTRAINT c CHECK ((a > 0))",
    ],
  ],
])("%s", (_what, rows, statements, options) => {
  expect(statementsOf(all, rows, options)).toEqual(statements);
});

test("late constraints of partitions, which the partitioned table's is merged into, come before it and are not required by it", () => {
  const context = contextOf({
    relations: [
      tableRow(16400, "p", { kind: "p", partitionKey: "LIST (a)" }),
      tableRow(16420, "p1", { isPartition: true, partitionBound: "DEFAULT" }),
    ],
    inherits: [{ child: 16420, parent: 16400 }],
    constraints: [
      constraintRow(16410, 16400, "c", CHECK),
      constraintRow(16411, 16420, "c", { ...CHECK, isLocal: false }),
    ],
    depends: [
      {
        classid: CATALOG.constraint,
        refclassid: CATALOG.operator,
        deptype: "n",
        objids: [16410, 16411],
        refobjids: [16500, 16500],
      },
    ],
  });
  const objects = checkConstraints(context);
  expect(objects.map(({ section, late, requires }) => [section, late, requires])).toEqual([
    ["post-data", 0, [address(CATALOG.class, 16400)]],
    ["post-data", 1, [address(CATALOG.class, 16420)]],
  ]);
  const graph = dependencyGraph(context.catalog, objects, new Set());
  expect(sort(graph).map((index) => objects[index]!.name)).toEqual(["p1 c", "p c"]);
});
