/** Rows of partitions that were not selected with their table. */
import { expect, test } from "vitest";
import type { Manifest } from "../../../../src/archive/format/manifest.ts";
import { unselectedPartitions } from "../../../../src/restore/decide/unselected-partitions.ts";

const TABLES = ["p", "p1", "p2", "p21", "p22", "other", "heir"];
/** Each with the table that it is attached to. */
const ATTACHED = [
  ["p1", "p"],
  ["p2", "p"],
  ["p21", "p2"],
  ["p22", "p2"],
  // By ALTER TABLE … INHERIT: a table with rows of its own is not partitioned.
  ["heir", "other"],
] as const;
const id = (name: string): number => TABLES.indexOf(name);

const manifest = {
  objects: [
    ...TABLES.map((name) => ({
      id: id(name),
      kind: "table",
      namespace: "public",
      name,
      requires: [],
      parent: null,
    })),
    ...ATTACHED.map(([name, parent], n) => ({
      id: 100 + n,
      kind: "table-attach",
      namespace: "public",
      name,
      requires: [id(name), id(parent)],
      parent: id(name),
    })),
  ],
  relations: ["p1", "p21", "p22", "other", "heir"].map((name) => ({
    object: id(name),
    rows: name === "p22" ? 0 : 12,
  })),
} as unknown as Manifest;

const warnings = (...selected: string[]) =>
  unselectedPartitions(manifest, ({ name }) => selected.includes(name)).map(
    ({ object, message }) => [object, message],
  );

test.each([
  [["other"], []],
  [TABLES, []],
  [
    ["p"],
    [
      [
        "table public.p",
        "table public.p: the rows of public.p1 (12), public.p21 (12) do not come back, because these partitions were not selected",
      ],
    ],
  ],
  [
    ["p", "p1", "p2"],
    [
      [
        "table public.p2",
        "table public.p2: the rows of public.p21 (12) do not come back, because these partitions were not selected",
      ],
    ],
  ],
])("of %j", (selected, expected) => {
  expect(warnings(...selected)).toEqual(expected);
});
