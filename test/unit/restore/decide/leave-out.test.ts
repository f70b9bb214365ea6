import { describe, expect, test } from "vitest";
import type { Manifest, ManifestObject } from "../../../../src/archive/format/manifest.ts";
import { selectFromArchive } from "../../../../src/restore/decide/selection.ts";
import { restoreSettings } from "../../../../src/restore/defaults.ts";
import type { RestoreOptions } from "../../../../src/restore/options.ts";

type Row = [
  kind: string,
  namespace: string | null,
  name: string,
  requires?: number[],
  parent?: number,
];

const OBJECTS: Row[] = [
  ["schema", null, "app"], // 0
  ["comment", null, "SCHEMA app", [0], 0], // 1
  ["extension", null, "citext"], // 2
  ["table", "public", "users", [2]], // 3
  ["comment", "public", "TABLE users", [3], 3], // 4
  ["table", "app", "t", [0, 3]], // 5
  ["policy", "app", "t p", [5], 5], // 6
  ["comment", "app", "POLICY p", [6], 6], // 7
  ["view", "public", "v", [3]], // 8
  ["publication", null, "pub"], // 9
  ["publication-relation", "public", "pub users", [3, 9], 9], // 10
  ["large-object", null, "99"], // 11
  ["sequence", "public", "s"], // 12
];

const manifest = {
  objects: OBJECTS.map(
    ([kind, namespace, name, requires = [], parent = null], id): ManifestObject => ({
      id,
      kind,
      namespace,
      name,
      section: "pre-data",
      statements: [`-- ${id}`],
      requires,
      parent,
      features: [],
      accessMethod: null,
      roles: [],
    }),
  ),
  relations: [
    { number: 0, kind: "table", namespace: "public", name: "users", object: 3 },
    { number: 1, kind: "table", namespace: "app", name: "t", object: 5 },
    {
      number: 2,
      kind: "large-objects",
      namespace: "pg_catalog",
      name: "pg_largeobject",
      object: null,
    },
  ],
  sequences: [{ namespace: "public", name: "s", object: 12 }],
} as unknown as Manifest;

const all = OBJECTS.map((_, id) => id);

function selected(options: RestoreOptions) {
  const { objects, relations, sequences, everything, warnings } = selectFromArchive(
    manifest,
    restoreSettings(options),
  );
  return {
    without: all.filter((id) => !objects.some((object) => object.id === id)),
    rows: relations.map(({ number }) => number),
    positions: sequences.length,
    everything,
    warned: warnings.map(({ object }) => object),
  };
}

const NOTHING = { without: [], rows: [0, 1, 2], positions: 1, everything: true, warned: [] };

describe("a restore leaves out", () => {
  test.each<[string, RestoreOptions, object]>([
    ["nothing by itself", {}, {}],
    ["comments", { noComments: true }, { without: [1, 4, 7] }],
    ["row security, with the comments on it", { noPolicies: true }, { without: [6, 7] }],
    ["publications", { noPublications: true }, { without: [9, 10], everything: false }],
    [
      "large objects and their contents",
      { noLargeObjects: true },
      { without: [11], rows: [0, 1], everything: false },
    ],
    [
      "what is not in a schema",
      { schemas: ["app"] },
      { without: [2, 3, 4, 8, 9, 10, 11, 12], rows: [1], positions: 0, everything: false },
    ],
    [
      "a schema, but not what needs it elsewhere",
      { excludeSchemas: ["public"] },
      { without: [3, 4, 8, 10, 12], rows: [1, 2], positions: 0, everything: false },
    ],
    [
      "a table, with what needs it, and says so",
      { excludeTables: ["users"] },
      {
        without: [3, 4, 5, 6, 7, 8, 10],
        rows: [2],
        everything: false,
        warned: ["table app.t", "view public.v", "publication relation public.pub users"],
      },
    ],
    ["rows alone", { excludeTableData: ["app.*"] }, { rows: [0, 2] }],
    ["an extension alone", { excludeExtensions: ["cit*"] }, { without: [2], everything: false }],
    [
      "what a list does not name",
      {
        useList:
          "; mine\ntable public users\n# rows\nrows public.users (1 234)\n\nextension citext",
      },
      {
        without: all.filter((id) => id !== 2 && id !== 3),
        rows: [0],
        positions: 0,
        everything: false,
      },
    ],
  ])("%s", (_what, options, expected) => {
    expect(selected(options)).toEqual({ ...NOTHING, ...expected });
  });

  test("nothing where a schema or a line of the list is unknown", () => {
    expect(() => selected({ schemas: ["absent"] })).toThrow("no schema that matches absent");
    expect(() => selected({ useList: "table public absent" })).toThrow("table public absent");
  });

  test("rows by their names where no objects are restored", () => {
    expect(selected({ dataOnly: true, excludeSchemas: ["app"] }).rows).toEqual([0, 2]);
    expect(selected({ dataOnly: true, excludeTables: ["users"] }).rows).not.toContain(0);
  });
});
