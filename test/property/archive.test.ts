/** What holds for every archive, tried on made-up ones. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compress,
  decompress,
  hasZstd,
  parseCompression,
  plausible,
} from "../../src/archive/format/compression.ts";
import { PartCutter } from "../../src/archive/part-cutter.ts";
import { type RowBlock, countRows } from "../../src/archive/rows.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { encodeTarHeader, openTarEntry, paddingOf } from "../../src/archive/format/tar.ts";
import { type Trailer, decodeTrailer, encodeTrailer } from "../../src/archive/format/trailer.ts";
import { verifyEntries } from "../../src/archive/verify-entries.ts";
import { MemoryStore, writeSample } from "../support/archives.ts";

const compressions = fc.constantFrom(
  "gzip:1",
  "gzip:4",
  "gzip:9",
  "none",
  ...(hasZstd() ? ["zstd:3"] : []),
);

/** COPY text of short and long rows, any bytes but newlines in them. */
const rows = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.string({ maxLength: 20 }) },
    { weight: 1, arbitrary: fc.string({ minLength: 200, maxLength: 600 }) },
  ),
  { maxLength: 60 },
);
const copyText = rows.map((all) =>
  Buffer.from(all.map((row) => `${row.replaceAll("\n", "\\n")}\n`).join("")),
);

test("any bytes come back from any compression, and from no other size", async () => {
  const bodies = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 10_000 }),
    // Long runs, which compress best.
    fc
      .tuple(fc.nat(255), fc.integer({ min: 1, max: 300_000 }))
      .map(([byte, size]) => new Uint8Array(size).fill(byte)),
  );
  await fc.assert(
    fc.asyncProperty(
      bodies,
      compressions,
      fc.integer({ min: -3, max: 3 }),
      async (body, text, off) => {
        const bytes = Buffer.from(body);
        const how = parseCompression(text);
        const stored = await compress(bytes, how);
        expect(plausible(how.codec, stored.length, bytes.length)).toBe(true);
        const size = bytes.length + off;
        const inflating = decompress(stored, how.codec, size, "x");
        if (off === 0) expect((await inflating).equals(bytes)).toBe(true);
        else await expect(inflating).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED" });
      },
    ),
  );
});

test("any name and size that fit come back from a tar header", async () => {
  const names = fc.stringMatching(/^[a-z0-9./-]{0,98}[a-z0-9]$/);
  await fc.assert(
    fc.asyncProperty(names, fc.nat(5000), fc.nat(2 ** 32), async (name, size, mtime) => {
      const header = await encodeTarHeader(name, size, mtime);
      const entry = Buffer.concat([header, Buffer.alloc(size, 1), Buffer.alloc(paddingOf(size))]);
      const body = await openTarEntry(entry, name, size);
      expect(body.equals(Buffer.alloc(size, 1))).toBe(true);
    }),
  );
});

test("any trailer comes back", () => {
  const trailers: fc.Arbitrary<Trailer> = fc.record({
    format: fc.constantFrom(1, 2),
    manifestOffset: fc.maxSafeNat(),
    manifestLength: fc.maxSafeNat(),
    manifestSize: fc.maxSafeNat(),
    sha256: fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString("hex")),
  });
  fc.assert(
    fc.property(
      trailers,
      fc.constantFrom("gzip", "zstd", "none"),
      fc.uint8Array(),
      (trailer, codec, before) => {
        const end = Buffer.concat([before, encodeTrailer(trailer, codec)]);
        expect(decodeTrailer(end)).toEqual({ trailer, codec });
      },
    ),
  );
});

test("no bytes at all are taken for a trailer by chance, and none make the reader fail otherwise", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      expect(decodeTrailer(Buffer.from(bytes))).toBeUndefined();
    }),
  );
});

test("parts are the same however the text is delivered, full but for the next row, and lose nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      copyText,
      fc.integer({ min: 1, max: 700 }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
      async (text, partBytes, lengths) => {
        const cut = async (chunks: Buffer[]): Promise<RowBlock[]> => {
          const blocks: RowBlock[] = [];
          await pipeline(
            Readable.from(chunks),
            new PartCutter({ partBytes }),
            async (source: AsyncIterable<RowBlock>) => {
              for await (const block of source) blocks.push(block);
            },
          );
          return blocks;
        };
        const chunks: Buffer[] = [];
        for (let at = 0, i = 0; at < text.length; i++) {
          const length = lengths[i % lengths.length]!;
          chunks.push(text.subarray(at, at + length));
          at += length;
        }
        const blocks = await cut(chunks);
        expect(blocks).toEqual(await cut([text]));
        expect(Buffer.concat(blocks.map(({ data }) => data)).equals(text)).toBe(true);
        for (const [i, { data, rows: counted }] of blocks.entries()) {
          expect(counted).toBe(countRows(data));
          expect(data.at(-1)).toBe(10);
          expect(data.length <= partBytes || counted === 1).toBe(true);
          const next = blocks[i + 1]?.data;
          if (next !== undefined)
            expect(data.length + next.indexOf(10) + 1).toBeGreaterThan(partBytes);
        }
      },
    ),
  );
});

test("whatever tables are written are read, and verified", async () => {
  const tables = fc.array(copyText, { maxLength: 5 });
  const options = fc.record({
    compression: compressions,
    partBytes: fc.integer({ min: 1, max: 2000 }),
  });
  await fc.assert(
    fc.asyncProperty(tables, options, fc.string(), async (texts, how, preData) => {
      const store = new MemoryStore();
      const named = texts.map((text, i) => ({ name: `t${i}`, columns: ["a"], text }));
      const { manifest } = await writeSample(await store.create(), { tables: named, preData }, how);
      const reader = await openArchive(store);
      expect(reader.manifest).toEqual(manifest);
      const report = await verifyEntries(reader);
      expect(report.damaged).toEqual([]);
      expect(report.rows).toBe(texts.reduce((sum, text) => sum + countRows(text), 0));
      expect((await reader.readEntry("schema/pre-data.sql")).equals(Buffer.from(preData))).toBe(
        true,
      );
      for (const [i, text] of texts.entries()) {
        const blocks: Buffer[] = [];
        for await (const block of reader.readParts(manifest.relations[i]!)) blocks.push(block);
        expect(Buffer.concat(blocks).equals(text)).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});

test("one changed byte in any archive is refused", async () => {
  await fc.assert(
    fc.asyncProperty(
      copyText,
      compressions,
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.integer({ min: 1, max: 255 }),
      async (text, compression, where, mask) => {
        const store = new MemoryStore();
        await writeSample(
          await store.create(),
          { tables: [{ name: "t", columns: ["a"], text }] },
          { compression, partBytes: 500 },
        );
        store.bytes[Math.floor(where * store.bytes.length)]! ^= mask;
        const verified = openArchive(store).then(
          async (reader) => (await verifyEntries(reader)).damaged.length === 0,
        );
        expect(
          await verified.catch((error: { code: string }) => error.code !== "ARCHIVE_DAMAGED"),
        ).toBe(false);
      },
    ),
  );
});
