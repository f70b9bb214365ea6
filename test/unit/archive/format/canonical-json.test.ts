import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../../../src/archive/format/canonical-json.ts";

test("keys are sorted and nothing is between them", () => {
  expect(canonicalJson({ b: [2, { d: 1, c: "é\n" }], a: null })).toBe(
    '{"a":null,"b":[2,{"c":"é\\n","d":1}]}',
  );
});

test("any value comes back", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
