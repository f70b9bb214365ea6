import { expect, test } from "vitest";
import { withIn, withoutNoIndent } from "../../../../src/sql/deparse/normalize.ts";

test.each([
  ["", ""],
  ["a integer, integer", "IN a integer, IN integer"],
  ["INOUT a text, VARIADIC b text[]", "INOUT a text, VARIADIC b text[]"],
  [
    `"INOUT " numeric(3,1) DEFAULT f(1, 'a, b'::text), b integer[] DEFAULT ARRAY[1, 2]`,
    `IN "INOUT " numeric(3,1) DEFAULT f(1, 'a, b'::text), IN b integer[] DEFAULT ARRAY[1, 2]`,
  ],
])("the arguments %j get modes", (list, expected) => {
  expect(withIn(list)).toBe(expected);
});

test("what is not indented is not said to be, and what is quoted stays", () => {
  expect(
    withoutNoIndent(
      "XMLSERIALIZE(CONTENT x AS text NO INDENT) || 'text NO INDENT)' || $$ NO INDENT)$$",
    ),
  ).toBe("XMLSERIALIZE(CONTENT x AS text) || 'text NO INDENT)' || $$ NO INDENT)$$");
});
