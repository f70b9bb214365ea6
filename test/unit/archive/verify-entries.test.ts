import { describe, expect, test } from "vitest";
import type { ProgressEvent } from "../../../src/events.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import { verifyEntries } from "../../../src/archive/verify-entries.ts";
import { MemoryStore, smallArchive } from "../../support/archives.ts";

test("a whole archive is counted from its data", async () => {
  const bytes = await smallArchive();
  const reader = await openArchive(new MemoryStore(bytes));
  const events: ProgressEvent[] = [];
  const report = await verifyEntries(reader, { onProgress: (event) => void events.push(event) });
  expect(report).toEqual({
    entries: 8,
    storedBytes: reader.manifestOffset,
    bytes: 28,
    rows: 5,
    damaged: [],
  });
  expect(events.at(-1)).toMatchObject({ type: "data", bytes: 28, totalBytes: 28, rows: 5 });
});

test("every damaged entry is named, in file order", async () => {
  const store = new MemoryStore(await smallArchive());
  const { manifest } = await openArchive(store);
  for (const name of ["data/2/1.copy", "schema/pre-data.sql", "RESTORE.md"]) {
    const entry = manifest.entries.find((each) => each.name === name)!;
    store.bytes[entry.offset + entry.length - 1]! ^= 0x40;
  }
  const report = await verifyEntries(await openArchive(store), { concurrency: 2 });
  expect(report.damaged.map(({ entry }) => entry)).toEqual([
    "schema/pre-data.sql",
    "data/2/1.copy",
    "RESTORE.md",
  ]);
  expect(report.damaged[0]!.message).toContain("schema/pre-data.sql");
  expect(report.rows).toBe(3);
});

test("only the chosen entries are read", async () => {
  const store = new MemoryStore(await smallArchive());
  const reader = await openArchive(store);
  const before = store.reads.length;
  const report = await verifyEntries(reader, { only: ({ name }) => !name.startsWith("data/") });
  expect(report).toMatchObject({ entries: 5, rows: 0, bytes: 0, damaged: [] });
  expect(store.reads.length - before).toBe(5);
});

describe("an abort", () => {
  test("is thrown", async () => {
    const reader = await openArchive(new MemoryStore(await smallArchive()));
    const verifying = verifyEntries(reader, { signal: AbortSignal.abort() });
    await expect(verifying).rejects.toMatchObject({ code: "ABORTED" });
  });

  test("from the progress callback stops the call", async () => {
    const reader = await openArchive(new MemoryStore(await smallArchive()));
    const stop = (): never => {
      throw new Error("enough");
    };
    await expect(verifyEntries(reader, { onProgress: stop })).rejects.toThrow("enough");
  });
});
