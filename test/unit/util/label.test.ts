import { expect, test } from "vitest";
import { objectHeading, objectLabel } from "../../../src/util/label.ts";

test.each([
  [{ kind: "table", namespace: "public", name: "users" }, "table public.users"],
  [{ kind: "materialized-view", namespace: "Sales", name: "a-b" }, "materialized view Sales.a-b"],
  [{ kind: "text-search-parser", namespace: "s", name: "p" }, "text search parser s.p"],
  [{ kind: "extension", namespace: null, name: "uuid-ossp" }, "extension uuid-ossp"],
])("labels an object as people name it: %o", (object, label) => {
  expect(objectLabel(object)).toBe(label);
});

test("a heading is one line whatever the name holds", () => {
  const object = { kind: "foreign-key", namespace: "public", name: "a\r\n\\! b\nc" };
  expect(objectHeading(object)).toBe("foreign-key public.a \\! b c");
});
