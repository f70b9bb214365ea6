import { describe, expect, test } from "vitest";
import type { Manifest, ManifestObject } from "../../../../src/archive/format/manifest.ts";
import { UsageError } from "../../../../src/errors.ts";
import {
  selectFromArchive,
  type SelectionOptions,
} from "../../../../src/restore/decide/selection.ts";

const OBJECTS: [kind: string, name: string, requires: number[], parent: number | null][] = [
  ["type", "mood", [], null], // 0
  ["table", "users", [0], null], // 1
  ["sequence", "users_id_seq", [1], 1], // 2
  ["table", "logs", [], null], // 3
  ["index", "users_name", [1], 1], // 4
  ["foreign-key", "logs logs_user", [1, 3], 3], // 5
  ["view", "happy", [1], null], // 6
  ["comment", "TABLE users", [1], 1], // 7
  ["owner", "TABLE users", [1], 1], // 8
  ["privileges", "TABLE users", [1], 1], // 9
  ["function", "unrelated", [], null], // 10
  ["default", "logs level", [3], 3], // 11
  ["table", "errors", [3, 11, 14], null], // 12
  ["key-constraint", "logs logs_key", [3], 3], // 13
  ["check-constraint", "logs logs_id_not_null", [3, 13], 3], // 14
];

const manifest = {
  objects: OBJECTS.map(([kind, name, requires, parent], id): ManifestObject => ({
    id,
    kind,
    namespace: "public",
    name,
    section: "pre-data",
    statements: [`-- ${id}`],
    requires,
    parent,
    features: [],
    accessMethod: null,
    roles: [],
  })),
  relations: ["users", "logs"].map((name, number) => ({
    number,
    kind: "table",
    namespace: "public",
    name,
    object: number === 0 ? 1 : 3,
  })),
  sequences: [{ namespace: "public", name: "users_id_seq", object: 2 }],
} as unknown as Manifest;

function chosen(options: Partial<SelectionOptions>) {
  return selectFromArchive(manifest, {
    schemaOnly: false,
    dataOnly: false,
    owner: false,
    privileges: false,
    tables: [],
    searchPath: ["public"],
    ...options,
  });
}

const ids = ({ objects }: ReturnType<typeof chosen>): number[] => objects.map(({ id }) => id);

describe("choose", () => {
  test("takes everything but owners and privileges, which are asked for", () => {
    expect(ids(chosen({}))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14]);
    expect(ids(chosen({ owner: true }))).toContain(8);
    expect(ids(chosen({ privileges: true }))).toContain(9);
  });

  test("parts schema from data", () => {
    expect(chosen({ schemaOnly: true })).toMatchObject({ relations: [], sequences: [] });
    expect(chosen({ dataOnly: true })).toMatchObject({ objects: [] });
  });

  test("brings a table with its parts and what they need", () => {
    const { needed, relations, sequences, ...rest } = chosen({ tables: ["users"] });
    expect(rest.objects.map(({ id }) => id)).toEqual([0, 1, 2, 4, 7]);
    expect([...needed]).toEqual([0]);
    expect(relations.map(({ name }) => name)).toEqual(["users"]);
    expect(sequences).toHaveLength(1);
  });

  test("leaves out, with a warning, a part that needs another table", () => {
    const result = chosen({ tables: ["logs"] });
    expect(ids(result)).toEqual([3, 11, 13, 14]);
    expect(result.warnings.map(({ message }) => message)).toEqual([
      "foreign key public.logs logs_user was left out: it needs table public.users, which was not selected",
    ]);
    expect(ids(chosen({ tables: ["logs", "users"] }))).toContain(5);
  });

  test("leaves the defaults and keys of a parent that was not selected", () => {
    expect(ids(chosen({ tables: ["errors"] }))).toEqual([12]);
    expect(ids(chosen({ tables: ["errors", "logs"] }))).toEqual([3, 11, 12, 13, 14]);
  });

  test("takes a view that was asked for, and says what the target must have", () => {
    const result = chosen({ tables: ["happy"] });
    expect(ids(result)).toEqual([6]);
    expect(result.warnings.map(({ message }) => message)).toEqual([
      "view public.happy needs table public.users, not selected, which the target must have",
    ]);
    expect(ids(chosen({ tables: ["happy", "users"] }))).toContain(6);
  });

  test("refuses patterns that match nothing", () => {
    expect(() => chosen({ tables: ["absent"] })).toThrow(UsageError);
    expect(() => chosen({ tables: ["users"], searchPath: ["other"] })).toThrow(UsageError);
  });
});
