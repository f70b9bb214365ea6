import { expect, test } from "vitest";
import { openArchive } from "../../../src/archive/reader.ts";
import { verifyEntries } from "../../../src/archive/verify-entries.ts";
import { MemoryStore, smallArchive } from "../../support/archives.ts";

test.each(["gzip:1", "gzip:3", "gzip:9", "none"])(
  "what was written with %s is read",
  async (compression) => {
    const reader = await openArchive(new MemoryStore(await smallArchive(compression)));
    const [a, b] = reader.manifest.relations;
    expect(a!.parts.length).toBe(2);
    const rows = [];
    for await (const block of reader.readParts(a!)) rows.push(block.toString());
    expect(rows).toEqual(["1\tone\n2\ttwo\n", "3\tthree\n"]);
    for await (const block of reader.readParts(b!)) expect(block.toString()).toBe("é\\n\n\\N\n");
    expect(await verifyEntries(reader)).toMatchObject({
      rows: 5,
      bytes: 28,
      damaged: [],
      entries: 8,
    });
    await reader.close();
  },
);
