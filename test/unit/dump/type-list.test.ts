/** The types that a manifest lists. */
import { expect, test } from "vitest";
import { typeSchema } from "../../../src/archive/format/type-schema.ts";
import type { ValueType } from "../../../src/catalog/value-types.ts";
import { typeList } from "../../../src/dump/type-list.ts";

function listed(known: Readonly<Record<string, ValueType>>, names: readonly string[]): unknown {
  const list = typeList((name) => known[name] ?? {});
  return { numbers: names.map(list.numberOf), types: list.types };
}

test("each type comes once, after those of which it consists", () => {
  const known = {
    c: {
      attributes: [
        { name: "x", type: "integer" },
        { name: "y", type: "mood[]" },
      ],
    },
    "mood[]": { arrayOf: "mood" },
    mood: { labels: ["sad", ""] },
  };
  expect(listed(known, ["c", "mood", "integer"])).toEqual({
    numbers: [3, 1, 0],
    types: [
      { name: "integer" },
      { name: "mood", labels: ["sad", ""] },
      { name: "mood[]", arrayOf: 1 },
      {
        name: "c",
        attributes: [
          { name: "x", type: 0 },
          { name: "y", type: 2 },
        ],
      },
    ],
  });
});

test("a type that a server tells to be within itself has no parts where it is", () => {
  const known = { c: { attributes: [{ name: "x", type: "c[]" }] }, "c[]": { arrayOf: "c" } };
  expect(listed(known, ["c"])).toEqual({
    numbers: [1],
    types: [{ name: "c[]" }, { name: "c", attributes: [{ name: "x", type: 0 }] }],
  });
});

test("labels may be empty, as PostgreSQL allows", () => {
  const type = { name: "mood", labels: ["", "ok"] };
  expect(typeSchema.parse(type)).toEqual(type);
});
