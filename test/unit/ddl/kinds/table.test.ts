import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { tables } from "../../../../src/ddl/kinds/table.ts";
import {
  columnRow,
  contextOf,
  type ContextOptions,
  statementsOf,
  tableRow,
} from "../../../support/catalog.ts";

const A = columnRow(16400, 1, "a");

type Case = [what: string, rows: Partial<Catalog>, statements: string[], options?: ContextOptions];

test.each<Case>([
  ["without columns", { relations: [tableRow(16400, "t")] }, ["CREATE TABLE shop.t ()"]],
  [
    "columns in order, with types and collations",
    {
      relations: [tableRow(16400, "T")],
      columns: [A, columnRow(16400, 2, "B b", { type: "text", collation: 'pg_catalog."C"' })],
    },
    [`CREATE TABLE shop."T" (\n    a integer,\n    "B b" text COLLATE pg_catalog."C"\n)`],
  ],
  [
    "unlogged, another method, options and a tablespace",
    {
      relations: [
        tableRow(16400, "t", {
          persistence: "u",
          accessMethod: "zheap",
          options: ["fillfactor=70"],
          toastOptions: ["autovacuum_enabled=false"],
          tablespace: "Fast",
        }),
      ],
      columns: [A],
    },
    [
      `CREATE UNLOGGED TABLE shop.t (
    a integer
)
USING zheap
WITH (fillfactor=70, toast.autovacuum_enabled='false')
TABLESPACE "Fast"`,
    ],
  ],
  [
    "method and tablespace left out",
    {
      relations: [tableRow(16400, "t", { accessMethod: "zheap", tablespace: "Fast" })],
      columns: [A],
    },
    ["CREATE TABLE shop.t (\n    a integer\n)"],
    { noTableAccessMethod: true, noTablespaces: true },
  ],
  [
    "compression left out",
    {
      relations: [tableRow(16400, "t")],
      columns: [columnRow(16400, 1, "a", { compression: "l" })],
    },
    ["CREATE TABLE shop.t (\n    a integer\n)"],
    { noToastCompression: true },
  ],
  [
    "of a type",
    {
      relations: [
        tableRow(16400, "t", { ofType: "shop.pair" }),
        tableRow(16410, "u", { ofType: "shop.pair" }),
      ],
      columns: [A, columnRow(16410, 1, "a", { notNull: true })],
    },
    [
      "CREATE TABLE shop.t OF shop.pair",
      "CREATE TABLE shop.u OF shop.pair (\n    a WITH OPTIONS NOT NULL\n)",
    ],
  ],
  [
    "foreign",
    {
      relations: [
        tableRow(16400, "t", { kind: "f", foreignServer: "far", foreignOptions: ["table=x"] }),
      ],
      columns: [{ ...A, foreignOptions: ["column=y"] }],
    },
    [
      `CREATE FOREIGN TABLE shop.t (\n    a integer OPTIONS ("column" 'y')\n)\nSERVER far\nOPTIONS ("table" 'x')`,
    ],
  ],
  [
    "a partitioned table and its partition, made alone and attached",
    {
      relations: [
        tableRow(16400, "p", { kind: "p", partitionKey: "RANGE (a)" }),
        tableRow(16410, "p1", { isPartition: true, partitionBound: "FOR VALUES FROM (1) TO (2)" }),
      ],
      columns: [A, columnRow(16410, 1, "a", { isLocal: false })],
      inherits: [{ child: 16410, parent: 16400 }],
    },
    [
      "CREATE TABLE shop.p (\n    a integer\n)\nPARTITION BY RANGE (a)",
      "CREATE TABLE shop.p1 (\n    a integer\n)",
      "ALTER TABLE ONLY shop.p ATTACH PARTITION shop.p1 FOR VALUES FROM (1) TO (2)",
    ],
  ],
  [
    "inheriting by ALTER TABLE where the order of columns needs it",
    {
      relations: [tableRow(16400, "p"), tableRow(16410, "c"), tableRow(16420, "d")],
      columns: [
        A,
        columnRow(16400, 2, "b"),
        columnRow(16410, 1, "a", { isLocal: false }),
        columnRow(16410, 2, "b", { isLocal: false }),
        columnRow(16410, 3, "own"),
        columnRow(16420, 1, "b"),
        columnRow(16420, 2, "a"),
      ],
      inherits: [
        { child: 16410, parent: 16400 },
        { child: 16420, parent: 16400 },
      ],
    },
    [
      "CREATE TABLE shop.p (\n    a integer,\n    b integer\n)",
      "CREATE TABLE shop.c (\n    own integer\n)\nINHERITS (shop.p)",
      "CREATE TABLE shop.d (\n    b integer,\n    a integer\n)",
      "ALTER TABLE ONLY shop.d INHERIT shop.p",
    ],
  ],
  [
    "parents that differ in storage and compression since then",
    {
      relations: [tableRow(16400, "p"), tableRow(16410, "f", { kind: "f" }), tableRow(16420, "c")],
      columns: [
        { ...A, storage: "e", typeStorage: "x", compression: "l" },
        columnRow(16410, 1, "a", { storage: "m", typeStorage: "x", compression: "p" }),
        columnRow(16420, 1, "a", { isLocal: false, storage: "e", typeStorage: "x" }),
      ],
      inherits: [
        { child: 16420, parent: 16400 },
        { child: 16420, parent: 16410 },
      ],
    },
    [
      "CREATE TABLE shop.p (\n    a integer\n)",
      "ALTER TABLE ONLY shop.p ALTER COLUMN a SET STORAGE EXTERNAL",
      "ALTER TABLE ONLY shop.p ALTER COLUMN a SET COMPRESSION lz4",
      "CREATE FOREIGN TABLE shop.f (\n    a integer\n)",
      "ALTER FOREIGN TABLE ONLY shop.f ALTER COLUMN a SET STORAGE MAIN",
      "ALTER FOREIGN TABLE ONLY shop.f ALTER COLUMN a SET COMPRESSION pglz",
      "ALTER FOREIGN TABLE ONLY shop.f ALTER COLUMN a SET STORAGE EXTERNAL",
      "ALTER FOREIGN TABLE ONLY shop.f ALTER COLUMN a SET COMPRESSION default",
      "CREATE TABLE shop.c ()\nINHERITS (shop.p, shop.f)",
      "ALTER FOREIGN TABLE ONLY shop.f ALTER COLUMN a SET STORAGE MAIN",
      "ALTER FOREIGN TABLE ONLY shop.f ALTER COLUMN a SET COMPRESSION pglz",
      "ALTER TABLE ONLY shop.c ALTER COLUMN a SET COMPRESSION default",
    ],
  ],
  [
    "what only ALTER TABLE can say of columns",
    {
      relations: [tableRow(16400, "t")],
      columns: [
        {
          ...A,
          statisticsTarget: 500,
          storage: "e",
          typeStorage: "x",
          compression: "l",
          options: ["n_distinct=5", "pg_attver=1"],
        },
      ],
    },
    [
      "CREATE TABLE shop.t (\n    a integer\n)",
      "ALTER TABLE ONLY shop.t ALTER COLUMN a SET STATISTICS 500",
      "ALTER TABLE ONLY shop.t ALTER COLUMN a SET STORAGE EXTERNAL",
      "ALTER TABLE ONLY shop.t ALTER COLUMN a SET COMPRESSION lz4",
      "ALTER TABLE ONLY shop.t ALTER COLUMN a SET (n_distinct=5)",
    ],
  ],
])("%s", (_what, rows, statements, options) => {
  expect(statementsOf(tables, rows, options)).toEqual(statements);
});

test("warns of columns that differ from a parent's where newer servers want them alike", () => {
  const objects = tables(
    contextOf({
      relations: [tableRow(16400, "p"), tableRow(16410, "c")],
      columns: [
        columnRow(16400, 1, "a", { notNull: true }),
        columnRow(16400, 2, "b"),
        columnRow(16410, 1, "a"),
        columnRow(16410, 2, "b", { generated: "s", defaultValue: "1", defaultOid: 16420 }),
      ],
      inherits: [{ child: 16410, parent: 16400 }],
    }),
  );
  expect(objects.flatMap(({ warnings }) => warnings ?? []).map(({ code }) => code)).toEqual([
    "inherited-not-null",
    "generated-column",
  ]);
});
