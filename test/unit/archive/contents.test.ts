import { expect, test } from "vitest";
import { archiveContents } from "../../../src/archive/contents.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import { MemoryStore, emptyHead, smallArchive } from "../../support/archives.ts";

test("relations are summed, with what they take in the archive", async () => {
  const { manifest, size } = await openArchive(new MemoryStore(await smallArchive()));
  const contents = archiveContents(manifest, size);
  expect(contents).toMatchObject({
    format: 2,
    rows: 5,
    bytes: 28,
    archiveBytes: size,
    hasKey: false,
  });
  expect(
    contents.relations.map(({ name, rows, bytes, parts }) => [name, rows, bytes, parts]),
  ).toEqual([
    ["a", 3, 20, 2],
    ["b", 2, 8, 1],
  ]);
  const data = manifest.entries.filter(({ name }) => name.startsWith("data/"));
  expect(contents.storedBytes).toBe(data.reduce((sum, { length }) => sum + length, 0));
  expect(contents.ratio).toBe(28 / contents.storedBytes);
});

test("objects are counted by kind, most first", () => {
  const object = (id: number, kind: string) => ({
    id,
    kind,
    namespace: "public",
    name: `o${id}`,
    section: "pre-data" as const,
    statements: [],
    requires: [],
    parent: null,
    features: [],
    accessMethod: null,
    roles: [],
  });
  const objects = ["view", "table", "index", "table"].map((kind, id) => object(id, kind));
  const contents = archiveContents({ ...emptyHead(), objects, entries: [] });
  expect(contents.objects).toEqual([
    { kind: "table", count: 2 },
    { kind: "index", count: 1 },
    { kind: "view", count: 1 },
  ]);
});

test("no data has no ratio", () => {
  expect(archiveContents({ ...emptyHead(), entries: [] })).toMatchObject({
    ratio: null,
    rows: 0,
    bytes: 0,
  });
});

test("what is not whole says so", () => {
  const relation = {
    number: 0,
    kind: "table" as const,
    namespace: "public",
    name: "t",
    columns: ["a"],
    generated: [],
    rows: 0,
    bytes: 0,
    parts: [],
    where: "a > 1",
    sample: null,
    masked: ["a"],
    object: null,
    primaryKey: [],
    loadThrough: null,
    units: null,
  };
  const contents = archiveContents({ ...emptyHead(), relations: [relation], entries: [] });
  expect(contents.relations[0]).toMatchObject({ partial: true, masked: ["a"] });
});
