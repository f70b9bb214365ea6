import { expect, test } from "vitest";
import type { ManifestObject } from "../../../../src/archive/format/manifest.ts";
import { byMajor } from "../../../../src/ddl/conditional-statement.ts";
import { withoutTablespaces } from "../../../../src/restore/decide/tablespaces.ts";

function statementsOf(kind: string, statements: string[]): readonly string[] {
  const object = { id: 1, kind, name: "t", statements } as unknown as ManifestObject;
  return withoutTablespaces([object])[0]!.statements;
}

test.each([
  [
    "CREATE TABLE public.t (\n    a integer\n)\nTABLESPACE fast",
    "CREATE TABLE public.t (\n    a integer\n)",
  ],
  [
    `CREATE TABLE public.tablespace (\n    a text DEFAULT ' TABLESPACE x'\n)\nWITH (fillfactor='10')\nTABLESPACE "a ""fast"" one"`,
    "CREATE TABLE public.tablespace (\n    a text DEFAULT ' TABLESPACE x'\n)\nWITH (fillfactor='10')",
  ],
  [
    byMajor(
      18,
      "CREATE UNLOGGED TABLE t ()\nTABLESPACE fast",
      "CREATE TABLE t ()\nTABLESPACE fast",
    ),
    byMajor(18, "CREATE UNLOGGED TABLE t ()", "CREATE TABLE t ()"),
  ],
])("a table goes to the default tablespace: %s", (statement, without) => {
  expect(statementsOf("table", [statement])).toEqual([without]);
});

test("so does a materialized view", () => {
  expect(
    statementsOf("materialized-view", [
      "CREATE MATERIALIZED VIEW public.m (a) WITH (fillfactor='10') TABLESPACE \"Fast\" AS\n SELECT 1 AS a\n  WITH NO DATA",
    ]),
  ).toEqual([
    "CREATE MATERIALIZED VIEW public.m (a) WITH (fillfactor='10') AS\n SELECT 1 AS a\n  WITH NO DATA",
  ]);
});

test("so do indexes and constraints, whose statement has others around it", () => {
  const statement = "CREATE INDEX i ON public.t USING btree (a)";
  const around = [
    'SET LOCAL default_tablespace = "a\nb"',
    statement,
    "SET LOCAL default_tablespace = ''",
  ];
  for (const kind of ["index", "key-constraint"])
    expect(statementsOf(kind, around)).toEqual([statement]);
});

test("what names none stays as it is", () => {
  const text = "CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$SELECT ' TABLESPACE x'$$";
  expect(statementsOf("function", [text])).toEqual([text]);
});
