import { describe, expect, test } from "vitest";
import type { ManifestObject } from "../../../../src/archive/format/manifest.ts";
import { FEATURE, notNullNames, type ServerFeature } from "../../../../src/ddl/server-features.ts";
import {
  lostBy,
  missingFeatures,
  wantsLz4,
  withFeatures,
} from "../../../../src/restore/decide/server-features.ts";

function table(name: string, features: ServerFeature[], statements: string[] = []): ManifestObject {
  const place = { kind: "table", namespace: "public", section: "pre-data" } as const;
  return {
    id: 0,
    ...place,
    name,
    statements,
    requires: [],
    parent: null,
    features,
    accessMethod: null,
    roles: [],
  };
}

const compressed = table("c", [FEATURE.columnCompression, FEATURE.lz4]);

describe("missingFeatures", () => {
  test("names what the target is too old for", () => {
    const objects = [table("a", [FEATURE.virtualColumn, FEATURE.generationOverride])];
    expect(missingFeatures(objects, { major: 18, hasLz4: true })).toEqual([]);
    expect(missingFeatures(objects, { major: 17, hasLz4: true })).toEqual([
      "table public.a: a virtual generated column (PostgreSQL 18)",
    ]);
    expect(missingFeatures(objects, { major: 15, hasLz4: true })).toHaveLength(2);
  });

  test("names lz4 where compression is possible and lz4 is not", () => {
    expect(wantsLz4([compressed])).toBe(true);
    expect(wantsLz4([table("a", [FEATURE.columnCompression])])).toBe(false);
    expect(missingFeatures([compressed], { major: 14, hasLz4: true })).toEqual([]);
    expect(missingFeatures([compressed], { major: 14, hasLz4: false })).toEqual([
      "table public.c: lz4 (the server was built without it)",
    ]);
    expect(missingFeatures([compressed], { major: 13, hasLz4: false })).toEqual([
      "table public.c: compression of a column (PostgreSQL 14)",
    ]);
  });

  test("names what the target is too new for", () => {
    const objects = [table("a", [FEATURE.generatedAlone])];
    expect(missingFeatures(objects, { major: 15, hasLz4: true })).toEqual([]);
    expect(missingFeatures(objects, { major: 16, hasLz4: true })).toEqual([
      "table public.a: a generated column whose parent's is not generated (PostgreSQL 15 and older)",
    ]);
  });

  test("says nothing of features that are lost", () => {
    const objects = [table("a", [notNullNames(["x"], 18)])];
    expect(missingFeatures(objects, { major: 17, hasLz4: true })).toEqual([]);
  });
});

test("lostBy names what the target does not keep", () => {
  const objects = [table("a", [notNullNames(["x", '"Y z"'], 18), FEATURE.notEnforced])];
  expect(lostBy(objects, 18)).toEqual([]);
  expect(lostBy(objects, 17)).toEqual([
    'table public.a: loses the constraint names x, "Y z" (PostgreSQL 18)',
  ]);
});

test("many constraint names are not all listed, as a description in a manifest has a limit", () => {
  const names = Array.from({ length: 1600 }, (_, n) => `"${"n".repeat(59)}${n}"`);
  const { description } = notNullNames(names, 18);
  expect(description.length).toBeLessThan(1024);
  expect(description).toMatch(/, and 1 594 more$/);
});

describe("withFeatures", () => {
  const create = "CREATE TABLE public.a (\n    b integer CONSTRAINT c NOT NULL NO INHERIT\n)";
  const comment = { ...table("CONSTRAINT c ON public.a", []), kind: "comment" };

  test("finds those of format 1 in statements", () => {
    const objects = withFeatures({ format: 1 }, [table("a", [], [create]), comment]);
    expect(objects.map(({ features }) => features.map(({ code }) => code))).toEqual([
      ["not-null-constraint", "not-null-name"],
      ["not-null-comment"],
    ]);
  });

  test("takes those of format 2 as recorded", () => {
    const objects = [table("a", [FEATURE.lz4], [create])];
    expect(withFeatures({ format: 2 }, objects)).toBe(objects);
  });
});
