/** Which statistics a restore sets, and which tables it analyzes. */
import { expect, test } from "vitest";
import type { Manifest, ManifestStatistics } from "../../../../src/archive/format/manifest.ts";
import { planStatistics } from "../../../../src/restore/decide/statistics.ts";
import type { Selection } from "../../../../src/restore/decide/selection.ts";
import { restoreSettings } from "../../../../src/restore/defaults.ts";
import type { RestoreOptions } from "../../../../src/restore/options.ts";

const objects = [
  { id: 1, kind: "table", section: "pre-data", namespace: "public", name: "t", parent: null },
  { id: 2, kind: "index", section: "post-data", namespace: "public", name: "i", parent: 1 },
  {
    id: 3,
    kind: "materialized-view",
    section: "pre-data",
    namespace: "public",
    name: "m",
    parent: null,
  },
];

function statistics(
  object: number,
  name: string,
  rows: number,
  isIndex = false,
): ManifestStatistics {
  return { object, namespace: "public", name, isIndex, rows, columns: [] };
}

interface Case {
  readonly rows?: number;
  readonly recorded?: number;
  readonly major?: number;
  readonly options?: RestoreOptions;
  readonly everything?: boolean;
  /** Whether the rows of the table are restored. */
  readonly withRows?: boolean;
  /** The statistics objects of the table, with those that were analyzed. */
  readonly extended?: { readonly objects: number; readonly analyzed: number };
}

function plan({
  rows = 1000,
  recorded = 1000,
  major = 18,
  options = {},
  everything = true,
  withRows = true,
  extended = { objects: 0, analyzed: 0 },
}: Case) {
  const made = Array.from({ length: extended.objects }, (_, n) => ({
    id: 10 + n,
    kind: "statistics",
    section: "post-data",
    namespace: "public",
    name: `s${n}`,
    parent: 1,
  }));
  const all = [...objects, ...made];
  const table = { object: 1, kind: "table", namespace: "public", name: "t", rows };
  const manifest = {
    objects: all,
    relations: [table],
    options: { dataOnly: false },
    statistics: [
      {
        ...statistics(1, "t", recorded),
        extended: made
          .slice(0, extended.analyzed)
          .map(({ id }) => ({ object: id, columns: ["a"], values: [] })),
      },
      statistics(2, "i", recorded, true),
      statistics(3, "m", 5),
    ],
  } as unknown as Manifest;
  const selection = {
    objects: all,
    relations: withRows ? [table] : [],
    everything,
  } as unknown as Selection;
  const result = planStatistics(manifest, selection, major, restoreSettings(options));
  return {
    set: result.statistics.flatMap((each) => [
      `${each.name} ${each.rows}`,
      ...each.extended.map(({ namespace, name }) => `${namespace}.${name}`),
    ]),
    analyze: result.analyze.map(({ name }) => name),
  };
}

test.each<[Case, { set: string[]; analyze: string[] }]>([
  [{}, { set: ["t 1000", "m 5", "i 1000"], analyze: [] }],
  // The archive knows how many rows there are.
  [{ recorded: 850 }, { set: ["t 1000", "m 5", "i 850"], analyze: [] }],
  [{ recorded: 849 }, { set: ["m 5"], analyze: ["t"] }],
  [{ recorded: 1151 }, { set: ["m 5"], analyze: ["t"] }],
  [
    { rows: 0, recorded: 0 },
    { set: ["t 0", "m 5", "i 0"], analyze: [] },
  ],
  [{ major: 17 }, { set: [], analyze: ["t"] }],
  [{ options: { statistics: false } }, { set: [], analyze: ["t"] }],
  [{ options: { analyze: false } }, { set: ["t 1000", "m 5", "i 1000"], analyze: [] }],
  [
    { recorded: 5, options: { analyze: false } },
    { set: ["m 5"], analyze: [] },
  ],
  // Into tables that exist, with rows or indexes of their own.
  [{ options: { dataOnly: true } }, { set: [], analyze: ["t"] }],
  // A view is made of rows that may not be restored.
  [{ everything: false }, { set: ["t 1000", "i 1000"], analyze: [] }],
  [{ withRows: false }, { set: [], analyze: [] }],
  // Statistics objects: 18 takes theirs from ANALYZE alone.
  [
    { major: 18, extended: { objects: 1, analyzed: 1 } },
    { set: ["m 5"], analyze: ["t"] },
  ],
  [
    { major: 19, extended: { objects: 2, analyzed: 2 } },
    { set: ["t 1000", "public.s0", "public.s1", "m 5", "i 1000"], analyze: [] },
  ],
  [
    { major: 19, extended: { objects: 2, analyzed: 1 } },
    { set: ["m 5"], analyze: ["t"] },
  ],
])("%j", (given, expected) => {
  expect(plan(given)).toEqual(expected);
});
