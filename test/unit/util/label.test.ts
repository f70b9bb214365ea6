import { expect, test } from "vitest";
import { objectHeading, objectLabel } from "../../../src/util/label.ts";

test.each([
  [{ kind: "table", namespace: "public", name: "users" }, "table public.users"],
  [{ kind: "materialized-view", namespace: "Sales", name: "a-b" }, "materialized view Sales.a-b"],
  [{ kind: "text-search-parser", namespace: "s", name: "p" }, "text search parser s.p"],
  [{ kind: "extension", namespace: null, name: "uuid-ossp" }, "extension uuid-ossp"],
  [{ kind: "owner", namespace: "s", name: "TABLE s.t" }, "owner of TABLE s.t"],
  [{ kind: "comment", namespace: "s", name: "COLUMN s.t.a" }, "comment on COLUMN s.t.a"],
  [{ kind: "privileges", namespace: null, name: "SCHEMA s" }, "privileges on SCHEMA s"],
  [{ kind: "security-label", namespace: "s", name: "TABLE s.t" }, "security label on TABLE s.t"],
  [
    { kind: "extension-dependency", namespace: "s", name: "FUNCTION s.f()" },
    "extension dependency of FUNCTION s.f()",
  ],
  [
    {
      kind: "default-privileges",
      namespace: "s",
      name: "DEFAULT PRIVILEGES FOR TABLES OF app",
    },
    "default privileges FOR TABLES OF app IN SCHEMA s",
  ],
  [
    { kind: "user-mapping", namespace: null, name: "USER MAPPING app SERVER files" },
    "user mapping app SERVER files",
  ],
  [{ kind: "table", namespace: "public", name: "TABLE of" }, "table public.TABLE of"],
])("labels an object as people name it: %o", (object, label) => {
  expect(objectLabel(object)).toBe(label);
});

test("a heading is one line whatever the name holds", () => {
  const object = { kind: "foreign-key", namespace: "public", name: "a\r\n\\! b\nc" };
  expect(objectHeading(object)).toBe("foreign-key public.a \\! b c");
});
