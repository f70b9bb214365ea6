import { describe, expect, test } from "vitest";
import { z } from "zod";
import { checkValue } from "../../../../src/archive/manifest-json/check-value.ts";
import { JsonScanner } from "../../../../src/archive/manifest-json/scanner.ts";
import { manifestSchema } from "../../../../src/archive/format/manifest-schema.ts";
import { manifestV1Schema } from "../../../../src/archive/format/manifest-v1-schema.ts";
import { shapeOf } from "../../../../src/archive/manifest-json/shape.ts";

const count = z.number().int().nonnegative().max(100);
const schema = z.strictObject({
  format: z.literal(2),
  about: z.strictObject({
    note: z.string().optional(),
    name: z.string().min(1).max(8).nullable(),
    isNew: z.boolean(),
  }),
  names: z.array(z.string().max(8)).max(4),
  items: z.array(z.strictObject({ id: count, kinds: z.array(z.enum(["a", "b"])).min(1) })).max(3),
});
const shape = shapeOf(schema);

const VALUE = {
  format: 2,
  about: { name: 'é𝄞"\\', isNew: true },
  names: ["x", "y\n"],
  items: [
    { id: 1, kinds: ["a"] },
    { id: 2, kinds: ["b", "a"] },
  ],
};
const TEXT = JSON.stringify(VALUE, undefined, 1);

/** Feeds the text in chunks and puts the value together again. */
function scan(text: string | Buffer, chunkBytes = Infinity, maxValues = 1000): unknown {
  const value: Record<string, unknown> = {};
  const scanner = new JsonScanner(shape, {
    maxValues,
    onValues: ({ name, shape: of }, values) => {
      if (of.element === undefined) value[name] = values[0];
      else value[name] = [...((value[name] ?? []) as unknown[]), ...values];
      for (const each of values) {
        const violation = checkValue(of.element ?? of, each);
        if (violation !== undefined) throw new Error(`${name}: ${JSON.stringify(violation)}`);
      }
    },
  });
  const bytes = Buffer.from(text as string);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    scanner.write(bytes.subarray(at, at + chunkBytes));
  }
  scanner.end();
  return value;
}

test("a text is read alike however it is cut", () => {
  for (const chunkBytes of [Infinity, 1, 2, 3, 5, 7, 11, 50]) {
    expect(scan(TEXT, chunkBytes)).toEqual(VALUE);
  }
  for (let at = 1; at < Buffer.from(TEXT).length; at++) expect(scan(TEXT, at)).toEqual(VALUE);
});

test("fields may come in any order, and characters may be escaped", () => {
  const reversed = Object.fromEntries(Object.entries(VALUE).toReversed());
  expect(scan(JSON.stringify(reversed))).toEqual(VALUE);
  expect(scan(TEXT.replace("𝄞", "\\uD834\\udd1e"))).toEqual(VALUE);
  expect(scan(TEXT.replace('"x"', '"\\u0078"'), 1)).toEqual(VALUE);
});

test("every text that is cut short is refused", () => {
  for (let end = 0; end < TEXT.length; end++) {
    expect(() => scan(TEXT.slice(0, end))).toThrow(/early|not JSON/);
  }
});

const replaced = (from: string, to: string): string => {
  const text = JSON.stringify(VALUE).replace(from, to);
  expect(text).not.toBe(JSON.stringify(VALUE));
  return text;
};

describe.each([1, Infinity])("in chunks of %d bytes, it refuses", (chunkBytes) => {
  test.each<[what: string, text: string | Buffer, message: string]>([
    ["an unknown field", replaced('"names":', '"mames":'), "unknown field"],
    ["an unknown long field", replaced('"names":', `"${"n".repeat(9999)}":`), "unknown field"],
    ["__proto__", replaced('"names":', '"__proto__":{},"names":'), "unknown field"],
    ["an escaped field", replaced('"names":', '"n\\u0061mes":'), "unknown field"],
    ["a field twice", replaced('"names":', '"format":2,"names":'), "format: it occurs twice"],
    ["a nested field twice", replaced('"id":1', '"id":1,"id":1'), "items.0.id: it occurs twice"],
    ["a missing field", replaced('"id":2,', ""), "items.1.kinds: id is missing"],
    ["an empty object", replaced('{"id":2,"kinds":["b","a"]}', "{}"), "id is missing"],
    ["another type", replaced('"id":1', '"id":"1"'), "items.0.id: it has another type"],
    ["null", replaced('"isNew":true', '"isNew":null'), "about.isNew: it has another type"],
    ["nested lists", replaced('["x",', "[[[[[["), "names.0: it has another type"],
    ["nested objects", replaced('"format":2', '"format":{"a":{'), "it has another type"],
    ["a list instead of it", "[]", "another type"],
    ["a number instead of it", "1 ", "another type"],
    ["too many items", replaced('"x",', '"a","b","c","d",'), "more than 4 items"],
    ["a long text", replaced('"x"', `"${"x".repeat(99)}"`), "names.0: it is too long"],
    ["a slightly long text", replaced('"x"', '"123456789"'), "names"],
    ["a fraction", replaced('"id":1', '"id":1.5'), "items"],
    ["a huge number", replaced('"id":1', '"id":1e308'), "items"],
    ["a long number", replaced('"id":1', `"id":${"1".repeat(200)}`), "not JSON"],
    ["another word of a set", replaced('["a"]', '["c"]'), "items"],
    ["too few items", replaced('["a"]', "[]"), "items"],
    ["a comma at the end", replaced('"y\\n"]', '"y\\n",]'), "not JSON"],
    ["a missing comma", replaced('"x",', '"x"'), "not JSON"],
    ["a missing colon", replaced('"format":', '"format"'), "not JSON"],
    ["a comma after the last field", replaced('"kinds":["a"]}', '"kinds":["a"],}'), "not JSON"],
    ["another bracket", replaced('"y\\n"]', '"y\\n"}'), "not JSON"],
    ["half a word", replaced("true", "tru"), "not JSON"],
    ["a line break in a text", replaced('"x"', '"\n"'), "not JSON"],
    ["an unknown escape", replaced('"x"', '"\\x"'), "not JSON"],
    ["the character 0", replaced('"x"', '"\\u0000"'), "character 0"],
    ["half a character", replaced('"x"', '"\\ud834"'), "half a character"],
    ["the other half", replaced('"x"', '"\\udd1e"'), "half a character"],
    ["two first halves", replaced('"x"', '"\\ud834\\ud834"'), "half a character"],
    ["something behind it", `${JSON.stringify(VALUE)}x`, "something follows"],
    [
      "bytes that are not UTF-8",
      Buffer.from(replaced('"x"', '"\u00ff"').replace("é", "e").replace("𝄞", ""), "latin1"),
      "not UTF-8",
    ],
  ])("%s", (_what, text, message) => {
    expect(() => scan(text, chunkBytes)).toThrow(message);
  });
});

test("a shape is derived from the schemas of all formats", () => {
  expect(shapeOf(manifestSchema).fields).not.toHaveLength(0);
  expect(shapeOf(manifestV1Schema).fields).not.toHaveLength(0);
});

test("values of all kinds are counted", () => {
  expect(scan(TEXT, 7, 18)).toEqual(VALUE);
  expect(() => scan(TEXT, 7, 17)).toThrow("too many values");
});

test("no valid text is refused, and no other accepted", () => {
  const values = [
    VALUE,
    { ...VALUE, names: [] },
    { ...VALUE, about: { name: null, isNew: false } },
  ];
  for (const value of values) {
    expect(schema.safeParse(value).success).toBe(true);
    expect(scan(JSON.stringify(value))).toEqual(value);
  }
});
