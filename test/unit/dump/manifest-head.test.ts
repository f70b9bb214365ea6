/** What a dump records of itself: completeness, purpose, keys, and what a reproducible archive leaves out. */
import { describe, expect, test } from "vitest";
import type { Manifest } from "../../../src/archive/format/manifest.ts";
import type { Catalog } from "../../../src/catalog/read.ts";
import { serverVersion } from "../../../src/catalog/version.ts";
import { dumpSettings } from "../../../src/dump/defaults.ts";
import { manifestHead, type ManifestInput } from "../../../src/dump/manifest-head.ts";
import type { DumpOptions } from "../../../src/dump/options.ts";
import type { SelectedRelation } from "../../../src/dump/rows/selected-relation.ts";
import type { DataRelation } from "../../../src/plan/data-relations.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { warning } from "../../../src/warnings.ts";

const catalog = {
  namespaces: [],
  relations: [],
  columns: [],
  types: [],
  enumLabels: [],
  domains: [],
  compositeColumns: [],
  rangeTypes: [],
  version: serverVersion(170_004),
  database: {
    oid: 5,
    name: "shop",
    encoding: "UTF8",
    collate: "en_US.UTF-8",
    ctype: "en_US.UTF-8",
    serverVersion: "17.4",
    now: "2026-11-24T03:00:00.000Z",
    isSuperuser: false,
    inRecovery: false,
  },
  databaseProperties: [
    { localeProvider: "b", locale: "C.UTF-8", icuRules: null, collationVersion: "1" },
  ],
} as unknown as Catalog;

const SERVER: Manifest["server"] = {
  systemIdentifier: "7300000000000000001",
  databaseOid: 5,
  timeline: 1,
  startedAt: "2026-11-24T03:00:00.123456Z",
  statisticsSince: "2026-11-24T02:00:00.123456Z",
  snapshot: "750:755:750",
  walInsertedTo: "0/15D4F80",
  walFlushedTo: "0/15D4F80",
};

const relation: DataRelation = {
  oid: 1,
  namespace: "public",
  name: "users",
  columns: ["id", "name"],
  columnTypes: ["integer", "text"],
  generatedColumns: ["shout"],
  keyColumns: ["id"],
  pages: 1,
  toastPages: 0,
  rows: 1,
  isHeap: true,
  isUnlogged: false,
  isForeign: false,
  condition: null,
  object: null,
  loadThrough: null,
};

const selectedRelation = (more: Partial<SelectedRelation> = {}): SelectedRelation => ({
  relation,
  where: null,
  masks: new Map(),
  hasUserSql: false,
  ...more,
});

function headOf(options: DumpOptions = {}, input: Partial<ManifestInput> = {}) {
  return manifestHead({
    toolVersion: "1.0.0",
    settings: dumpSettings(options),
    catalog,
    plan: {
      objects: [],
      relations: [relation],
      sequences: [],
      largeObjects: false,
      roles: [],
      warnings: [],
      selection: [],
    } as unknown as Plan,
    server: SERVER,
    selected: [selectedRelation()],
    copied: [{ rows: 1, bytes: 4, parts: [], units: null, reused: { rows: 0, bytes: 0 } }],
    reuse: { tables: [{ units: null, readWhole: null }], numbers: [0, 1], earlier: null },
    positions: [],
    warnings: [],
    ...input,
  });
}

const withSelection = { selection: [{ option: "table", pattern: "users" }] } as unknown as Plan;

test("a whole database is not partial", () => {
  expect(headOf()).toMatchObject({ partial: false, purpose: "backup", server: SERVER, base: null });
});

describe("an archive is partial", () => {
  test.each<[string, DumpOptions, Partial<ManifestInput>]>([
    ["of the schema alone", { schemaOnly: true }, { selected: [], copied: [] }],
    ["of the rows alone", { dataOnly: true }, {}],
    ["of some sections", { sections: ["pre-data", "data"] }, {}],
    ["when a condition selects rows", {}, { selected: [selectedRelation({ where: "id > 1" })] }],
    [
      "when a sample selects rows",
      {},
      { selected: [selectedRelation({ where: "ctid = …", sample: "5%" })] },
    ],
    [
      "when values are masked",
      {},
      { selected: [selectedRelation({ masks: new Map([["name", "NULL"]]) })] },
    ],
    [
      "when an object was left out",
      {},
      { warnings: [warning("unsupported-object", "x", "x was left out")] },
    ],
  ])("%s", (_what, options, input) => {
    expect(headOf(options, input).partial).toBe(true);
  });

  test("when objects were selected, but not for a warning alone", () => {
    const plan = { ...withSelection, objects: [], relations: [], sequences: [], roles: [] };
    expect(headOf({}, { plan: plan as unknown as Plan }).partial).toBe(true);
    expect(headOf({}, { warnings: [warning("invalid-index", "i", "i is invalid")] }).partial).toBe(
      false,
    );
  });
});

test.each<[DumpOptions, string[]]>([
  [{}, ["pre-data", "data", "post-data"]],
  [{ schemaOnly: true }, ["pre-data", "post-data"]],
  [{ dataOnly: true }, ["data"]],
  [{ sections: ["post-data", "pre-data"] }, ["pre-data", "post-data"]],
])("%j has the sections %j", (options, sections) => {
  const { options: recorded } = headOf(options);
  expect(recorded.sections).toEqual(sections);
  expect(recorded.schemaOnly).toBe(!sections.includes("data"));
  expect(recorded.dataOnly).toBe(sections.length === 1);
});

test("a fixture says so", () => {
  expect(headOf({ purpose: "fixture" }).purpose).toBe("fixture");
});

test("a relation lists its primary key and its generated columns", () => {
  expect(headOf().relations[0]).toMatchObject({
    columns: ["id", "name"],
    generated: ["shout"],
    primaryKey: ["id"],
    loadThrough: null,
    units: null,
  });
});

test("the database's locale is recorded", () => {
  expect(headOf().database).toMatchObject({
    localeProvider: "builtin",
    locale: "C.UTF-8",
    icuRules: null,
    collationVersion: "1",
  });
});

test("a reproducible archive says nothing of where and when", () => {
  const { createdAt, server, database } = headOf({ reproducible: true });
  expect({ createdAt, server }).toEqual({ createdAt: null, server: null });
  const { encoding, ...facts } = database;
  expect(encoding).toBe("UTF8");
  expect(new Set(Object.values(facts))).toEqual(new Set([null]));
});
