import { expect, test } from "vitest";
import type { FunctionRow } from "../../../../src/catalog/function.ts";
import { createFunction } from "../../../../src/ddl/kinds/function.ts";

const PLAIN: FunctionRow = {
  oid: 16400,
  name: "f",
  namespace: 2200,
  owner: 10,
  acl: null,
  aclDefault: [],
  kind: "f",
  argumentTypes: "integer",
  identityArguments: "a integer",
  arguments: "a integer DEFAULT 1",
  isProcedureWithOut: false,
  defaults: 0,
  result: "integer",
  language: "sql",
  transformTypes: [],
  volatility: "v",
  parallel: "u",
  isStrict: false,
  securityDefiner: false,
  leakProof: false,
  cost: "100",
  rows: "0",
  returnsSet: false,
  support: null,
  settings: null,
  source: "SELECT a",
  library: null,
  sqlBody: null,
  callsItself: false,
};

const create = (row: Partial<FunctionRow>) => createFunction("public.f", { ...PLAIN, ...row });

test("a function with nothing but a body", () => {
  expect(create({})).toBe(
    "CREATE FUNCTION public.f(a integer DEFAULT 1) RETURNS integer\n    LANGUAGE sql\n    AS $$SELECT a$$",
  );
});

test("every attribute, each where CREATE FUNCTION takes it", () => {
  expect(
    create({
      kind: "w",
      language: "My pl",
      transformTypes: ["public.pair", "date"],
      volatility: "s",
      parallel: "r",
      isStrict: true,
      securityDefiner: true,
      leakProof: true,
      cost: "0.0025",
      rows: "7.654321e+06",
      returnsSet: true,
      support: "public.helper",
      settings: ['search_path="$user", public', "work_mem=64MB"],
    }),
  ).toBe(`CREATE FUNCTION public.f(a integer DEFAULT 1) RETURNS integer
    LANGUAGE "My pl" TRANSFORM FOR TYPE public.pair, FOR TYPE date WINDOW STABLE STRICT SECURITY DEFINER LEAKPROOF COST 0.0025 ROWS 7.654321e+06 SUPPORT public.helper PARALLEL RESTRICTED
    SET search_path TO '$user', 'public'
    SET work_mem TO '64MB'
    AS $$SELECT a$$`);
});

test("a procedure returns nothing", () => {
  expect(create({ kind: "p", result: null })).toMatch(
    /^CREATE PROCEDURE public\.f\(a integer DEFAULT 1\)\n    LANGUAGE sql\n/,
  );
});

test.each([
  ["sql", "100", ""],
  ["sql", "1", " COST 1"],
  ["c", "1", ""],
  ["internal", "100", " COST 100"],
  ["c", "0", ""],
])("the default cost of language %s is known: %s", (language, cost, text) => {
  expect(create({ language, cost })).toContain(`LANGUAGE ${language}${text}\n`);
});

test.each([
  [false, "1000", ""],
  [true, "1000", ""],
  [true, "10", " ROWS 10"],
])("rows only of what returns a set: %s %s", (returnsSet, rows, text) => {
  expect(create({ returnsSet, rows })).toContain(`LANGUAGE sql${text}\n`);
});

test("a C function names its library and symbol", () => {
  expect(create({ language: "c", cost: "1", library: "$libdir/it's", source: "sym\\" })).toContain(
    "AS '$libdir/it''s', 'sym\\'",
  );
});

test("a body that was parsed when the function was made stands as it is", () => {
  expect(create({ sqlBody: "RETURN (a + 1)", source: "" })).toMatch(
    /\n    LANGUAGE sql\n    RETURN \(a \+ 1\)$/,
  );
});

test("a body may hold the usual delimiters", () => {
  const text = create({ source: "SELECT $$a$$, $_$b$_$" });
  const [, tag] = /AS (\$\w*\$)/.exec(text)!;
  expect(text.split(tag!)).toHaveLength(3);
});
