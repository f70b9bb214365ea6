/** Damage by intent: archives whose checksums are right and whose contents lie. None is believed, none costs much. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { compress, parseCompression } from "../../src/archive/format/compression.ts";
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { verifyEntries } from "../../src/archive/verify-entries.ts";
import { MAX_MANIFEST_BYTES, MAX_PART_BYTES } from "../../src/limits.ts";
import { MemoryStore } from "../support/archives.ts";
import { type Forgery, ROWS, forge, tarEntry } from "../support/forge.ts";
import { changed, refusedOnOpening, set } from "./refused.ts";

/** Opens, as nothing of the manifest is wrong; the entry is refused when it is read. */
async function refusedOnReading(forgery: Forgery, object = "data/1/1.copy"): Promise<void> {
  const reader = await openArchive(new MemoryStore(await forge(forgery)));
  expect((await verifyEntries(reader)).damaged.map(({ entry }) => entry)).toEqual([object]);
  const reading = (async () => {
    for await (const _ of reader.readParts(reader.manifest.relations[0]!));
  })();
  await expect(reading).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED", object });
}

test("an honest forgery is believed, so that what follows is refused for its lie", async () => {
  for (const compression of ["gzip:4", "none"]) {
    const reader = await openArchive(new MemoryStore(await forge({ compression })));
    expect(await verifyEntries(reader)).toMatchObject({ rows: 2, damaged: [] });
  }
});

const object = (id: number, more: object = {}) => ({
  id,
  kind: "table",
  namespace: "public",
  name: `t${id}`,
  section: "pre-data" as const,
  statements: ["SELECT 1"],
  requires: [] as number[],
  parent: null as number | null,
  features: [],
  accessMethod: null,
  roles: [],
  ...more,
});
const sequence = (name: string, of: number | null = null) => ({
  namespace: "public",
  name,
  lastValue: "1",
  isCalled: true,
  object: of,
});
describe("a manifest that contradicts itself or the file", () => {
  test.each<[string, Forgery, string]>([
    ["an entry overlaps the one before", set("entries.1.offset", 0), "does not begin"],
    ["an entry leaves a gap", set("entries.0.length", 10), "does not begin"],
    [
      "an entry reaches into the manifest",
      changed(({ entries }) => void (entries[1]!.length += 1)),
      "do not end",
    ],
    ["an entry is missing", changed(({ entries }) => void entries.pop()), "do not end"],
    ["no entry is listed", changed((m) => void (m.entries = [])), "do not end"],
    [
      "an entry is empty",
      changed(
        ({ entries }) =>
          void entries.push({
            ...entries[0]!,
            offset: entries[1]!.offset + entries[1]!.length,
            length: 0,
          }),
      ),
      "is empty",
    ],
    ["the first entry is another", set("entries.0.name", "RESTORE.md"), "first entry"],
    ["a part points to no entry", set("relations.0.parts.0.entry", 9), "missing"],
    ["a part points to a text", set("relations.0.parts.0.entry", 0), "not its own"],
    [
      "a part points to another relation's entry",
      set("entries.1.name", "data/2/1.copy"),
      "not its own",
    ],
    [
      "an entry is two parts",
      changed(({ relations: [r] }) => {
        r!.parts.push(r!.parts[0]!);
        r!.rows *= 2;
        r!.bytes *= 2;
      }),
      "two parts",
    ],
    [
      "an entry is nobody's part",
      changed(({ relations: [r] }) => Object.assign(r!, { parts: [], rows: 0, bytes: 0 })),
      "no relation",
    ],
    [
      "a part has another size than its entry",
      changed(({ relations: [r] }) => {
        r!.parts[0]!.bytes++;
        r!.bytes++;
      }),
      "two sizes",
    ],
    ["rows do not add up", set("relations.0.rows", 3), "rows"],
    ["bytes do not add up", set("relations.0.bytes", 1), "bytes"],
    [
      "more rows than bytes",
      changed(({ relations: [r] }) => {
        r!.parts[0]!.rows = 1000;
        r!.rows = 1000;
      }),
      "more rows",
    ],
    [
      "a relation occurs twice",
      changed(
        ({ relations }) =>
          void relations.push({ ...relations[0]!, number: 2, parts: [], rows: 0, bytes: 0 }),
      ),
      "twice",
    ],
    [
      "a relation's number occurs twice",
      changed(
        ({ relations }) =>
          void relations.push({ ...relations[0]!, name: "u", parts: [], rows: 0, bytes: 0 }),
      ),
      "twice",
    ],
    ["a column occurs twice", set("relations.0.columns", ["a", "a"]), "twice"],
    ["a relation's object is missing", set("relations.0.object", 1), "missing"],
    ["a sequence's object is missing", set("sequences", [sequence("s", 4)]), "missing"],
    ["a sequence occurs twice", set("sequences", [sequence("s"), sequence("s")]), "twice"],
    ["an object occurs twice", set("objects", [object(1), object(1)]), "twice"],
    [
      "an object requires a later one",
      set("objects", [object(1, { requires: [2] }), object(2)]),
      "requires 2",
    ],
    ["an object requires itself", set("objects", [object(1, { requires: [1] })]), "requires 1"],
    ["an object's parent is missing", set("objects", [object(1, { parent: 7 })]), "part of 7"],
    ["the compression is another", set("options.compression", "zstd:3"), "compression"],
    [
      "a size that the stored bytes cannot have",
      changed(({ entries, relations: [r] }) => {
        entries[1]!.size = MAX_PART_BYTES;
        r!.parts[0]!.bytes = MAX_PART_BYTES;
        r!.bytes = MAX_PART_BYTES;
      }),
      "cannot have the size",
    ],
    [
      "a size that the stored bytes are too many for",
      { entries: [{ name: "data/1/1.copy", body: ROWS, stored: Buffer.alloc(5000, "x") }] },
      "cannot have the size",
    ],
  ] as [string, Forgery, string][])("%s", async (_what, forgery, message) => {
    await refusedOnOpening(forgery, "manifest", message);
  });
});

describe("a manifest that is not one", () => {
  test.each<[string, Forgery]>([
    ["no JSON", { manifest: () => "{" }],
    ["nothing", { manifest: () => "" }],
    ["null", { manifest: () => "null" }],
    ["a list", { manifest: () => [] }],
    ["no entries", { manifest: ({ entries: _, ...rest }) => rest }],
    ["an unknown field", { manifest: (honest) => ({ ...honest, extra: 1 }) }],
    [
      "__proto__",
      { manifest: (honest) => JSON.stringify(honest).replace("{", '{"__proto__":{"x":1},') },
    ],
    ["format 0", set("format", 0)],
    [
      "a huge count",
      { manifest: (honest) => JSON.stringify(honest).replace('"rows":2', '"rows":1e308') },
    ],
    ["a count beyond safe integers", set("relations.0.rows", 2 ** 53)],
    ["a negative offset", set("entries.0.offset", -1)],
    ["a fraction", set("entries.0.length", 1.5)],
    ["a checksum of another length", set("entries.0.sha256", "ab")],
    ["a kind of relation that is not known", set("relations.0.kind", "view")],
    [
      "a sequence value that is SQL",
      set("sequences", [{ ...sequence("s"), lastValue: "1); DROP TABLE t; --" }]),
    ],
  ])("%s", async (_what, forgery) => refusedOnOpening(forgery, "manifest"));

  test("a newer format is said to be newer", async () => {
    const forgery = { manifest: (honest: Manifest) => ({ ...honest, format: 3, other: true }) };
    await expect(openArchive(new MemoryStore(await forge(forgery)))).rejects.toMatchObject({
      code: "ARCHIVE_UNSUPPORTED",
      message: expect.stringContaining("version 3"),
    });
  });

  test("another entry in its place", async () => {
    await refusedOnOpening({ manifestName: "data/1/1.copy" }, "manifest.json");
  });
});

describe("names that are none", () => {
  test.each([
    "/etc/passwd",
    "../../x",
    "data/1/../../x",
    "manifest.json",
    "C:\\x",
    "data/1/1.copy/",
    "data//1.copy",
    "x",
    "a\nb",
  ])("%j", async (name) => {
    await refusedOnOpening(set("entries.1.name", name), "manifest", "not a name");
  });

  test("one that occurs twice", async () => {
    const entry = { name: "data/1/1.copy", body: ROWS };
    await refusedOnOpening({ entries: [entry, entry] }, "manifest", "twice");
  });
});

describe("an entry that is not what the manifest says", () => {
  test("another name in its tar header", async () => {
    const entries = [{ name: "data/1/1.copy", body: ROWS, header: { name: "data/1/2.copy" } }];
    await refusedOnReading({ entries });
  });

  test("another size in its tar header", async () => {
    const entries = [{ name: "data/1/1.copy", body: ROWS, header: { size: 5 } }];
    await refusedOnReading({ entries });
  });

  test("other rows than counted", async () => {
    const forgery = changed(({ relations: [relation] }) => {
      relation!.parts[0]!.rows = 3;
      relation!.rows = 3;
    });
    const reader = await openArchive(new MemoryStore(await forge(forgery)));
    const { damaged } = await verifyEntries(reader);
    expect(damaged).toEqual([
      {
        entry: "data/1/1.copy",
        message: expect.stringContaining("2 rows"),
        rows: expect.objectContaining({ part: reader.manifest.relations[0]!.parts[0] }),
      },
    ]);
  });

  test("another checksum of its rows", async () => {
    await refusedOnReading(set("relations.0.parts.0.sha256", "0".repeat(64)));
  });

  test("rows that end in the middle", async () => {
    const reader = await openArchive(
      new MemoryStore(await forge({ entries: [{ name: "data/1/1.copy", body: "1\tone\n2\ttw" }] })),
    );
    const { damaged } = await verifyEntries(reader);
    expect(damaged[0]?.message).toContain("within a row");
  });

  test("a bomb", async () => {
    const how = parseCompression("gzip:9");
    const bomb = await compress(Buffer.alloc(32 * 1024 * 1024), how);
    // As large as its stored bytes allow, and still far less than it would become.
    const entries = [{ name: "data/1/1.copy", body: Buffer.alloc(100_000, "\n"), stored: bomb }];
    const before = process.memoryUsage().arrayBuffers;
    await refusedOnReading({ entries });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  });

  test("a second entry behind the first in one member", async () => {
    const one = { name: "data/1/1.copy", body: ROWS };
    const stored = gzipSync(
      Buffer.concat([await tarEntry(one), await tarEntry({ ...one, name: "data/1/2.copy" })]),
    );
    await refusedOnReading({ entries: [{ ...one, stored }] });
  });

  test("a second member behind the first", async () => {
    const one = { name: "data/1/1.copy", body: ROWS };
    const stored = Buffer.concat([gzipSync(await tarEntry(one)), gzipSync(await tarEntry(one))]);
    await refusedOnReading({ entries: [{ ...one, stored }] });
  });

  test("no gzip at all", async () => {
    await refusedOnReading({
      entries: [{ name: "data/1/1.copy", body: ROWS, stored: Buffer.alloc(100, "x") }],
    });
  });
});

describe("a trailer that lies", () => {
  test.each<
    [
      string,
      (honest: {
        manifestOffset: number;
        manifestLength: number;
        manifestSize: number;
        sha256: string;
      }) => object,
    ]
  >([
    ["the manifest is beyond the end", () => ({ manifestOffset: 10 ** 9 })],
    ["the manifest is beyond any file", () => ({ manifestOffset: 2 ** 60 })],
    ["the manifest is at the beginning", () => ({ manifestOffset: 0 })],
    ["the manifest is empty", () => ({ manifestLength: 0 })],
    ["the manifest is longer than the file", () => ({ manifestLength: 2 ** 40 })],
    ["the manifest is larger than allowed", () => ({ manifestSize: MAX_MANIFEST_BYTES + 1 })],
    [
      "the manifest is larger than its stored bytes allow",
      () => ({ manifestSize: MAX_MANIFEST_BYTES }),
    ],
    [
      "the manifest's size is off by one",
      ({ manifestSize }) => ({ manifestSize: manifestSize - 1 }),
    ],
    ["the manifest's checksum is another", () => ({ sha256: "0".repeat(64) })],
  ])("%s", async (_what, lie) => {
    const bytes = await forge({ trailer: (honest) => ({ ...honest, ...lie(honest) }) });
    const error: unknown = await openArchive(new MemoryStore(bytes)).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ code: "ARCHIVE_DAMAGED" });
    expect(["trailer", "manifest", "manifest.json"]).toContain(
      (error as { object: string }).object,
    );
  });
});
