/** Extensions that the target has elsewhere matter where something uses them. */
import { expect, test } from "vitest";
import type { ManifestObject } from "../../../../src/archive/format/manifest.ts";
import { misplacedExtensions } from "../../../../src/restore/decide/misplaced-extensions.ts";

function object(id: number, kind: string, name: string, more: Partial<ManifestObject> = {}) {
  return {
    id,
    kind,
    namespace: null,
    name,
    requires: [],
    parent: null,
    ...more,
  } as unknown as ManifestObject;
}

const schema = object(1, "schema", "ext");
const inSchema = object(2, "extension", "hstore", { requires: [1] });
const inPublic = object(3, "extension", "citext");
const comment = object(4, "comment", "EXTENSION citext", { requires: [3], parent: 3 });
const table = object(5, "table", "t", { namespace: "public", requires: [2, 3] });
const all = [schema, inSchema, inPublic, comment, table];

test.each([
  ["where the archive has them", all, { hstore: "ext", citext: "public" }, []],
  ["in the catalog's schema", all, { citext: "pg_catalog" }, []],
  ["elsewhere", all, { hstore: "public" }, ["hstore: ext, not public, for table public.t"]],
  ["elsewhere than in public", all, { citext: "x" }, ["citext: public, not x, for table public.t"]],
  [
    "elsewhere, and nothing uses them",
    [schema, inSchema, inPublic, comment],
    { hstore: "public", citext: "x" },
    [],
  ],
  ["elsewhere, and left out", [table], { hstore: "public" }, []],
])("%s", (_case, selected, existing, expected) => {
  const extensions = Object.entries(existing).map(([name, schema]) => ({ name, schema }));
  expect(
    misplacedExtensions({ objects: all }, selected, extensions).map(
      ({ name, schema, expected: there, users }) =>
        `${name}: ${there}, not ${schema}, for ${users.join()}`,
    ),
  ).toEqual(expected);
});
