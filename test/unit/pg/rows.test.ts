import fc from "fast-check";
import pg from "pg";
import { expect, test } from "vitest";
import { typesOf } from "../../../src/pg/rows.ts";
import { anyText } from "../../support/any-text.ts";

type Parse = (text: string) => unknown;
const parserOf = (oid: number): Parse => typesOf(pg.types).getTypeParser(oid, "text") as Parse;
const driversOwn = (oid: number): Parse =>
  (pg.types.getTypeParser as (oid: number, format: "text") => Parse)(oid, "text");

/** An array as the server writes it (array_out, src/backend/utils/adt/arrayfuncs.c). */
function written(items: readonly (string | null)[]): string {
  const item = (text: string | null): string => {
    if (text === null) return "NULL";
    const isPlain = text !== "" && text.toLowerCase() !== "null" && !/[{}",\\\s\v]/.test(text);
    return isPlain ? text : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  };
  return `{${items.map(item).join(",")}}`;
}

const items = fc.array(
  fc.option(
    fc.oneof(
      fc.string(),
      anyText(),
      fc.constantFrom("", "NULL", "null", "NULLABLE", "a,b", "{}", '"', "\\", " ", "postgres=r/x"),
    ),
  ),
  { maxLength: 6 },
);

test("arrays of text come as what was written", () => {
  for (const oid of [1002, 1003, 1009]) {
    const parse = parserOf(oid);
    fc.assert(
      fc.property(items, (list) => {
        expect(parse(written(list))).toEqual(list);
        // Once more, when it may be known.
        expect(parse(written(list))).toEqual(list);
      }),
      { numRuns: 300 },
    );
  }
});

test.each([
  [1005, "smallint"],
  [1007, "integer"],
  [1028, "oid"],
])("arrays of type %i (%s) are read as the driver reads them", (oid) => {
  const parse = parserOf(oid);
  const texts = fc.oneof(
    fc
      .array(fc.option(fc.integer(), { freq: 10 }))
      .map((list) => written(list.map((n) => (n === null ? null : String(n))))),
    fc.constantFrom("[0:2]={1,2,3}", "{{1,2},{3,4}}", "{{}}"),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(parse(text)).toEqual(driversOwn(oid)(text));
    }),
    { numRuns: 300 },
  );
});

test("equal arrays of one result are one array", () => {
  const parse = parserOf(1009);
  expect(parse("{a,b}")).toBe(parse("{a,b}"));
  expect(parse("{a,b}")).not.toBe(parse("{b,a}"));
});
