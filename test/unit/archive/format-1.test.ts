/** What a release of format 1 wrote is opened, verified and described as it was then. */
import { describe, expect, test } from "vitest";
import { archiveContents } from "../../../src/archive/contents.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import { verifyEntries } from "../../../src/archive/verify-entries.ts";
import { checkKey } from "../../../src/nexushub/keys/manifest-key.ts";
import { pack } from "../../../src/pack/pack.ts";
import { unpack } from "../../../src/pack/unpack.ts";
import { MemoryStore } from "../../support/archives.ts";
import {
  COMPLETE_ARCHIVES,
  FORMAT_1_KEY,
  FORMAT_1_ROWS,
  format1Archive,
  format1Path,
  PARTIAL_ARCHIVES,
} from "../../support/format-1.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const ROWS = Object.values(FORMAT_1_ROWS).reduce(
  (sum, facts) => sum + Number.parseInt(facts, 10),
  0,
);
/** Pages of the two large objects. */
const PAGES = 2;

test.each([...COMPLETE_ARCHIVES, ...PARTIAL_ARCHIVES])(
  "%s is opened and verified",
  async (name) => {
    const reader = await openArchive(format1Archive(name));
    const { manifest, storedManifest } = reader;
    expect(manifest.format).toBe(1);
    expect(storedManifest.format).toBe(1);
    expect(await verifyEntries(reader)).toMatchObject({
      entries: manifest.entries.length,
      damaged: [],
      rows: manifest.relations.reduce((sum, { rows }) => sum + rows, 0),
    });
    expect(manifest).toMatchObject({
      purpose: "backup",
      server: null,
      base: null,
      signature: null,
      partial: (PARTIAL_ARCHIVES as readonly string[]).includes(name),
    });
    await reader.close();
  },
);

test.each(COMPLETE_ARCHIVES)("%s holds all rows", async (name) => {
  const reader = await openArchive(format1Archive(name));
  await reader.close();
  const contents = archiveContents(reader.manifest, reader.size);
  expect(contents).toMatchObject({
    format: 1,
    tool: "nexushub-dump 0.1.0",
    rows: ROWS + PAGES,
    sequences: 2,
    hasKey: name === "key.tar.gz",
  });
});

describe("what was left out", () => {
  const read = async (name: string) => {
    const reader = await openArchive(format1Archive(name));
    await reader.close();
    return reader.manifest;
  };

  test("sections", async () => {
    expect((await read("gzip.tar.gz")).options.sections).toEqual(["pre-data", "data", "post-data"]);
    expect((await read("data-only.tar.gz")).options.sections).toEqual(["data"]);
    expect((await read("schema-only.tar.gz")).options.sections).toEqual(["pre-data", "post-data"]);
  });

  test("rows and values", async () => {
    const { relations } = await read("masked.tar.gz");
    const users = relations.find(({ name }) => name === "users");
    expect(users?.masked).toEqual(["email", "name"]);
    expect(relations.find(({ name }) => name === "log_rest")?.where).toBe("id <= 40");
    const sampled = (await read("sample.tar.gz")).relations.find(({ name }) => name === "orders");
    expect(sampled).toMatchObject({
      where: null,
      sample: "newest 20 (90 of 90 rows, 0 left out)",
    });
  });

  test("objects", async () => {
    const { options, objects } = await read("selected.tar.gz");
    expect(options.selection).toEqual([
      { option: "table", pattern: "users" },
      { option: "table", pattern: "orders" },
    ]);
    expect(objects.some(({ name }) => name === "log")).toBe(false);
  });
});

describe("the key of an archive", () => {
  test("matches the manifest as it was written", async () => {
    const reader = await openArchive(format1Archive("key.tar.gz"));
    await reader.close();
    expect(checkKey(reader.storedManifest, FORMAT_1_KEY)).toBe("match");
    expect(checkKey(reader.storedManifest, Buffer.alloc(32))).toBe("wrong-key");
    const changed = { ...reader.storedManifest, createdAt: null };
    expect(checkKey(changed, FORMAT_1_KEY)).toBe("changed");
  });
});

describe("a packed folder of layout 1", () => {
  test("becomes an archive with the rows of the one that was packed", async () => {
    const before = await openArchive(format1Archive("reproducible.tar.gz"));
    const store = new MemoryStore();
    await unpack(format1Path("folder"), store);
    const after = await openArchive(store);
    expect((await verifyEntries(after)).damaged).toEqual([]);
    expect(after.manifest).toMatchObject({ format: 2, purpose: "backup", partial: false });
    const facts = ({ manifest }: typeof before) => ({
      objects: manifest.objects,
      sequences: manifest.sequences,
      rows: manifest.relations.map(({ name, parts }) => [
        name,
        parts.map(({ rows, sha256 }) => [rows, sha256]),
      ]),
    });
    expect(facts(after)).toEqual(facts(before));
    await before.close();
  });

  test("is what packing the archive today gives, but for the new facts", async () => {
    const folder = temporaryFolder();
    try {
      await pack(format1Archive("reproducible.tar.gz"), folder.path);
      const [today, then] = [new MemoryStore(), new MemoryStore()];
      await unpack(folder.path, today);
      await unpack(format1Path("folder"), then);
      expect(today.bytes.equals(then.bytes)).toBe(true);
    } finally {
      folder.remove();
    }
  });

  test("is replaced by a pack of layout 2", async () => {
    const { cpSync } = await import("node:fs");
    const folder = temporaryFolder();
    try {
      cpSync(format1Path("folder"), folder.path, { recursive: true });
      const result = await pack(format1Archive("gzip.tar.gz"), folder.path);
      expect(result.removed).toEqual([]);
    } finally {
      folder.remove();
    }
  });
});
