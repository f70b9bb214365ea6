import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../../../src/archive/format/canonical-json.ts";
import { anyText } from "../../../support/any-text.ts";

test("keys are sorted and nothing is between them", () => {
  expect(canonicalJson({ b: [2, { d: 1, c: "é\n" }], a: null })).toBe(
    '{"a":null,"b":[2,{"c":"é\\n","d":1}]}',
  );
});

/** `fc.jsonValue` with Unicode takes seconds to make in every process. */
const { jsonValue } = fc.letrec((tie) => ({
  jsonValue: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    anyText(),
    fc.array(tie("jsonValue")),
    fc.dictionary(anyText(), tie("jsonValue")),
  ),
}));

test("any value comes back", () => {
  fc.assert(
    fc.property(jsonValue, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
