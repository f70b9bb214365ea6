import { expect, test } from "vitest";
import type { ManifestObject } from "../../../src/archive/format/manifest.ts";
import { schemaText } from "../../../src/archive/schema-text.ts";

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
