import { expect, test } from "vitest";
import type { ManifestObject } from "../../../../src/archive/format/manifest.ts";
import { FEATURE } from "../../../../src/ddl/server-features.ts";
import { withoutCompression } from "../../../../src/restore/decide/toast-compression.ts";

const STATEMENTS = [
  "CREATE TABLE public.t (a text DEFAULT ' SET COMPRESSION lz4')",
  "ALTER TABLE ONLY public.t ALTER COLUMN a SET STORAGE EXTERNAL",
  "ALTER TABLE ONLY public.t ALTER COLUMN a SET COMPRESSION lz4",
  'ALTER TABLE ONLY public.t ALTER COLUMN "b\n" SET COMPRESSION pglz',
];

function table(features: ManifestObject["features"]): ManifestObject {
  return {
    id: 1,
    kind: "table",
    name: "t",
    statements: STATEMENTS,
    features,
  } as unknown as ManifestObject;
}

test("columns lose their compression methods, and the table what it needs for them", () => {
  const { columnCompression, lz4, nullsNotDistinct } = FEATURE;
  const [object] = withoutCompression([table([columnCompression, lz4, nullsNotDistinct])]);
  expect(object!.statements).toEqual(STATEMENTS.slice(0, 2));
  expect(object!.features).toEqual([nullsNotDistinct]);
});

test("what needs none stays as it is", () => {
  const object = table([]);
  expect(withoutCompression([object])[0]).toBe(object);
});
