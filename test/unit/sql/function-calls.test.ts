import { expect, test } from "vitest";
import { functionCalls } from "../../../src/sql/function-calls.ts";
import { tokensOf } from "../../../src/sql/tokens.ts";

const calls = (sql: string, isBare = false): string[] =>
  functionCalls(tokensOf(sql), isBare).map(({ name, clause }) => `${clause}: ${name}`);

test("calls of users' functions have a schema, and others do not", () => {
  const sql = "CREATE INDEX i ON public.t USING btree (lower(a), public.f(b), pg_catalog.upper(c))";
  expect(calls(sql)).toEqual(["other: public.f"]);
});

test("tables and types before a parenthesis are no functions", () => {
  expect(calls("CREATE TABLE public.t (a int REFERENCES public.u(id))")).toEqual([]);
  expect(calls("INSERT INTO public.t (a) VALUES (1)")).toEqual([]);
  expect(calls("CREATE FUNCTION public.f(a int) RETURNS int")).toEqual([]);
});

test("the function of a trigger is called", () => {
  const sql = "CREATE TRIGGER g BEFORE INSERT ON public.t EXECUTE FUNCTION public.f('x')";
  expect(calls(sql)).toEqual(["other: public.f"]);
});

test("calls in a table are of their clause", () => {
  const sql = `CREATE TABLE public.t (
    a int DEFAULT public.d(1, 2),
    b int,
    c int GENERATED ALWAYS AS (public.g(a)) STORED,
    CONSTRAINT k CHECK ((public."C"(a) > 0))
  ) PARTITION BY RANGE (public.p(a))`;
  expect(calls(sql)).toEqual([
    "default: public.d",
    "generated: public.g",
    'check: public."C"',
    "partition-key: public.p",
  ]);
});

test("operators of users have a schema, too", () => {
  expect(calls("SELECT a OPERATOR(public.+) b, c OPERATOR(pg_catalog.+) d")).toEqual([
    "other: OPERATOR(public.+)",
  ]);
});

test("with schemas of users in search_path every name can be a user's", () => {
  expect(calls("SELECT f(a), coalesce(b, 'f(x)')", true)).toEqual(["other: f"]);
});
