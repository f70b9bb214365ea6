import { expect, test } from "vitest";
import type { ManifestObject } from "../../../src/archive/format/manifest.ts";
import { restricted, schemaText } from "../../../src/archive/schema-text.ts";

test("shows a section's statements, and lets no name break out of its comment", () => {
  const objects = [
    {
      kind: "table",
      namespace: "public",
      name: "a\nDROP TABLE b;\r\n--",
      section: "pre-data",
      statements: ["CREATE 1", "ALTER 1"],
    },
    { kind: "index", namespace: null, name: "i", section: "post-data", statements: ["CREATE 2"] },
  ] as unknown as ManifestObject[];
  expect(schemaText(objects, "pre-data")).toBe(
    "-- table public.a DROP TABLE b; --\nCREATE 1;\nALTER 1;\n",
  );
  expect(schemaText(objects, "post-data")).toBe("-- index i\nCREATE 2;\n");
});

test("restricts psql with a key that depends on the whole text, and an empty text to nothing", () => {
  const lines = String(restricted("SELECT 1;\n")).split("\n");
  expect(lines).toEqual([
    expect.stringMatching(/^\\restrict [0-9a-f]{40}$/),
    "",
    "SELECT 1;",
    "",
    lines[0]!.replace("\\restrict", "\\unrestrict"),
    "",
  ]);
  expect(String(restricted("SELECT 2;\n"))).not.toContain(lines[0]);
  expect(String(restricted(""))).toBe("");
});
