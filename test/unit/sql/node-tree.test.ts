/** Arguments of calls in stored expressions. */
import { expect, test } from "vitest";
import { argumentTypes } from "../../../src/sql/node-tree.ts";

const VARIABLE = "{VAR :varno 1 :varattno 1 :vartype 23 :vartypmod -1 :location 9}";
const CONSTANT = String.raw`{CONST :consttype 25 :consttypmod -1 :constvalue 5 [ 20 0 0 0 125 ] :location 7}`;
const call = (oid: number, ...args: string[]): string =>
  `{FUNCEXPR :funcid ${oid} :funcresulttype 16 :funcretset false :args (${args.join(" ")}) :location 1}`;

test("every call of the function has the types of its arguments", () => {
  const tree = `({OPEXPR :opno 96 :args (${call(16400, VARIABLE, CONSTANT)} ${call(16400, VARIABLE)})} ${call(16401, CONSTANT)})`;
  expect(argumentTypes(tree, 16400)).toEqual([[23, 25], [23]]);
  expect(argumentTypes(tree, 16401)).toEqual([[25]]);
  expect(argumentTypes(tree, 1640)).toEqual([]);
});

test("a call within a call has its own arguments, and counts as its result for the outer one", () => {
  const tree = call(16400, call(16400, VARIABLE), CONSTANT);
  expect(argumentTypes(tree, 16400)).toEqual([[16, 25], [23]]);
});

test("a name that looks like syntax is none, and a call without arguments has none", () => {
  const alias = String.raw`{RELABELTYPE :arg {ALIAS :aliasname a\}\ \:args :colnames <>} :resulttype 1043 :location 3}`;
  expect(argumentTypes(call(16400, alias), 16400)).toEqual([[1043]]);
  expect(
    argumentTypes("{FUNCEXPR :funcid 16400 :funcresulttype 16 :args <> :location 1}", 16400),
  ).toEqual([[]]);
});

test("an argument whose node does not tell its type has none", () => {
  expect(argumentTypes(call(16400, "{CASEEXPR :casetype 23 :args <>}"), 16400)).toEqual([[null]]);
});
