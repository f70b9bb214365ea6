import { execFileSync } from "node:child_process";
import { createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openArchive } from "../../../src/archive/reader.ts";
import { MemoryStore, smallArchive, writeSample } from "../../support/archives.ts";

const TEXT = Array.from({ length: 4000 }, (_, i) => `${i}\trow ${i}\n`).join("");

/** One table in many parts. */
async function manyParts(partBytes = 1000, text = TEXT): Promise<MemoryStore> {
  const store = new MemoryStore();
  await writeSample(
    await store.create(),
    { tables: [{ name: "t", columns: ["a", "b"], text }] },
    { partBytes, compression: "gzip:1" },
  );
  return store;
}

async function collect(blocks: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const block of blocks) text += block.toString();
  return text;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nhd-reader-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("every way in", () => {
  const spooled = (): string[] =>
    readdirSync(tmpdir()).filter((name) => name.startsWith(`nexushub-dump-${process.pid}`));

  test("a path", async () => {
    const path = join(folder, "a");
    writeFileSync(path, await smallArchive());
    const reader = await openArchive(path);
    expect(await collect(reader.readParts(reader.manifest.relations[0]!))).toBe(
      "1\tone\n2\ttwo\n3\tthree\n",
    );
    await reader.close();
  });

  test("a stream, cut anywhere, which leaves no file behind", async () => {
    const bytes = await smallArchive();
    const chunks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) =>
      bytes.subarray(7 * i, 7 * i + 7),
    );
    const reader = await openArchive(Readable.from(chunks));
    expect(spooled()).toEqual([]);
    expect(reader.size).toBe(bytes.length);
    expect(await collect(reader.readParts(reader.manifest.relations[1]!))).toBe("é\\n\n\\N\n");
    await reader.close();
  });

  test("a pipe under a name", async () => {
    const path = join(folder, "fifo");
    execFileSync("mkfifo", [path]);
    const bytes = await smallArchive();
    writeFileSync(join(folder, "a"), bytes);
    const opened = openArchive(path);
    createReadStream(join(folder, "a")).pipe((await import("node:fs")).createWriteStream(path));
    const reader = await opened;
    expect(reader.size).toBe(bytes.length);
    await reader.close();
  });

  test("a stream that breaks off", async () => {
    const bytes = await smallArchive();
    const stream = new PassThrough();
    stream.write(bytes.subarray(0, 500));
    setImmediate(() => stream.destroy(new Error("connection reset")));
    await expect(openArchive(stream)).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED" });
    expect(spooled()).toEqual([]);
  });

  test("a stream that stalls, until the signal", async () => {
    const abort = new AbortController();
    const opened = openArchive(new PassThrough(), { signal: abort.signal });
    const refused = expect(opened).rejects.toMatchObject({ code: "ABORTED" });
    setImmediate(() => abort.abort());
    await refused;
  });

  test("nothing there", async () => {
    await expect(openArchive(join(folder, "none"))).rejects.toMatchObject({
      code: "ARCHIVE_DAMAGED",
      message: expect.stringContaining("no such file"),
    });
    await expect(openArchive(folder)).rejects.toMatchObject({
      message: expect.stringContaining("folder"),
    });
  });
});

test("opening reads the end alone", async () => {
  // Numbers that do not compress well, so that the data are most of the file.
  const text = Array.from(
    { length: 100_000 },
    (_, i) => `${Math.imul(i, 2_654_435_761) >>> 0}\n`,
  ).join("");
  const store = await manyParts(500_000, text);
  const reader = await openArchive(store);
  expect(store.bytes.length).toBeGreaterThan(400_000);
  expect(store.reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(3000);
  expect(Math.min(...store.reads.map(({ offset }) => offset))).toBeGreaterThanOrEqual(
    reader.manifestOffset,
  );
});

test("entries are read by name and by index, and unknown ones refused", async () => {
  const reader = await openArchive(new MemoryStore(await smallArchive()));
  const index = reader.manifest.entries.findIndex(({ name }) => name === "schema/post-data.sql");
  expect((await reader.readEntry("schema/post-data.sql")).toString()).toBe(
    "CREATE INDEX ON public.a (x);\n",
  );
  expect(await reader.readEntry(index)).toEqual(await reader.readEntry("schema/post-data.sql"));
  expect(JSON.parse((await reader.readEntry("nexushub-dump.json")).toString())).toMatchObject({
    format: 2,
  });
  for (const name of ["manifest.json", "data/9/1.copy", "../x", "constructor", 99, -1, 1.5]) {
    await expect(reader.readEntry(name)).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED" });
  }
});

describe("reading ahead", () => {
  test("gives all parts in order, however little may be ahead", async () => {
    const reader = await openArchive(await manyParts());
    for (const readAhead of [1, 300_000, 100_000_000]) {
      expect(await collect(reader.readParts(reader.manifest.relations[0]!, { readAhead }))).toBe(
        TEXT,
      );
    }
  });

  test("goes on while the consumer is busy, and stops at its bound", async () => {
    const store = await manyParts();
    const reader = await openArchive(store);
    const count = reader.manifest.relations[0]!.parts.length;
    expect(count).toBeGreaterThan(20);
    const before = store.reads.length;
    // Each of these small parts weighs 64 KiB.
    const parts = reader.readParts(reader.manifest.relations[0]!, { readAhead: 8 * 65_536 });
    const iterator = parts[Symbol.asyncIterator]();
    await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(store.reads.length - before).toBe(8);
    await iterator.return?.();
  });

  test("ends when the consumer leaves, and what is under way ends before the source is closed", async () => {
    const reader = await openArchive(await manyParts());
    for await (const block of reader.readParts(reader.manifest.relations[0]!)) {
      expect(block.length).toBeGreaterThan(0);
      break;
    }
    await reader.close();
  });

  test("stops at the signal", async () => {
    const reader = await openArchive(await manyParts());
    const abort = new AbortController();
    const relation = reader.manifest.relations[0]!;
    const reading = (async () => {
      let blocks = 0;
      for await (const _ of reader.readParts(relation, { signal: abort.signal })) {
        if (++blocks === 3) abort.abort();
      }
      return blocks;
    })();
    await expect(reading).rejects.toMatchObject({ code: "ABORTED" });
  });

  test("names the part that is damaged, after those before it", async () => {
    const store = await manyParts();
    const { manifest } = await openArchive(store);
    const entry = manifest.entries.find(({ name }) => name === "data/1/5.copy")!;
    store.bytes[entry.offset + 20]! ^= 1;
    const reader = await openArchive(store);
    let blocks = 0;
    const reading = (async () => {
      for await (const _ of reader.readParts(manifest.relations[0]!)) blocks++;
    })();
    await expect(reading).rejects.toMatchObject({
      code: "ARCHIVE_DAMAGED",
      object: "data/1/5.copy",
    });
    expect(blocks).toBe(4);
  });

  test("says when a store cannot read", async () => {
    const store = await manyParts();
    const source = await store.open();
    let broken = false;
    const reader = await openArchive({
      create: () => store.create(),
      open: async () => ({
        size: source.size,
        close: () => source.close(),
        read: async (offset, length) => {
          if (broken) throw new Error("EIO: i/o error, read");
          return source.read(offset, length);
        },
      }),
    });
    broken = true;
    await expect(reader.readEntry("data/1/1.copy")).rejects.toMatchObject({
      code: "ARCHIVE_DAMAGED",
      object: "data/1/1.copy",
      message: expect.stringContaining("i/o error"),
    });
  });
});
