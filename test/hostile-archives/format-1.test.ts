/** Archives of format 1 are no way around the checks. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { verifyEntries } from "../../src/archive/verify-entries.ts";
import { MemoryStore } from "../support/archives.ts";
import { type Forgery, forge } from "../support/forge.ts";
import { format1Path } from "../support/format-1.ts";
import { changed, refusedOnOpening, set } from "./refused.ts";

test("an honest forgery is accepted", async () => {
  const reader = await openArchive(new MemoryStore(await forge({ format: 1 })));
  expect(reader.storedManifest.format).toBe(1);
  expect(await verifyEntries(reader)).toMatchObject({ rows: 2, damaged: [] });
});

describe("a manifest that lies", () => {
  test.each<[string, Forgery, string]>([
    ["rows that do not add up", set("relations.0.rows", 3), "other rows"],
    ["a part that points to no entry", set("relations.0.parts.0.entry", 9), "missing"],
    ["a mask of an unknown column", set("relations.0.masked", ["z"]), "no column z"],
    ["an entry that leaves a gap", set("entries.0.length", 10), "does not begin"],
    [
      "an object of a data-only archive",
      changed((manifest) => {
        manifest.options.dataOnly = true;
        manifest.objects = [
          {
            id: 1,
            kind: "table",
            namespace: "public",
            name: "t",
            section: "pre-data",
            statements: [],
            requires: [],
            parent: null,
          },
        ] as unknown as typeof manifest.objects;
      }),
      "not dumped",
    ],
    [
      "schema-only and data-only at once",
      changed(({ options }) => {
        options.dataOnly = true;
        options.schemaOnly = true;
      }),
      "no data was dumped",
    ],
    ["rows of a schema-only archive", set("options.schemaOnly", true), "no data was dumped"],
    ["a part in a base", set("relations.0.parts.0.inBase", true), "inBase"],
    ["a fact of format 2", set("purpose", "fixture"), "purpose"],
    [
      "a warning of format 2",
      set("warnings", [{ code: "x", object: null, message: "" }]),
      "warnings",
    ],
  ])("%s", async (_what, forgery, message) => {
    await refusedOnOpening({ ...forgery, format: 1 }, "manifest", message);
  });

  test("about its format", async () => {
    await refusedOnOpening({ format: 1, ...set("format", 2) }, "manifest");
    await refusedOnOpening({ format: 2, ...set("format", 1) }, "manifest");
    await refusedOnOpening(
      { format: 1, trailer: (honest) => ({ ...honest, format: 2 }) },
      "manifest",
      "another format",
    );
  });
});

test("a flipped bit anywhere in an archive of that time is found", async () => {
  const bytes = readFileSync(format1Path("gzip.tar.gz"));
  for (let at = 0; at < bytes.length; at += 41) {
    const store = new MemoryStore(Buffer.from(bytes));
    store.bytes[at]! ^= 1 << (at % 8);
    const isDamaged = await openArchive(store).then(
      async (reader) => (await verifyEntries(reader)).damaged.length > 0,
      (error: { code?: string }) => error.code === "ARCHIVE_DAMAGED",
    );
    expect(isDamaged).toBe(true);
  }
});
