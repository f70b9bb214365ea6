import { randomBytes } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  DEFAULT_COMPRESSION,
  compress,
  decompress,
  hasZstd,
  parseCompression,
  plausible,
} from "../../../../src/archive/format/compression.ts";

const KINDS = ["gzip:1", "gzip:4", "gzip:9", "none", ...(hasZstd() ? ["zstd:1", "zstd:19"] : [])];

test("the text of a compression is understood", () => {
  expect(parseCompression("none")).toEqual({ codec: "none", level: 0 });
  expect(parseCompression("gzip:9")).toEqual({ codec: "gzip", level: 9 });
  expect(parseCompression(DEFAULT_COMPRESSION).codec).toBe("gzip");
});

test.each([
  "",
  "gzip",
  "gzip:0",
  "gzip:10",
  "zstd:0",
  "zstd:20",
  "none:1",
  "xz:1",
  "gzip:1 ",
  "gzip:-1",
])("%j is a wrong option", (text) => {
  expect(() => parseCompression(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
});

test.runIf(!hasZstd())("zstd is refused by a Node without it, saying which has it", () => {
  expect(() => parseCompression("zstd:3")).toThrow(
    expect.objectContaining({ code: "USAGE", hint: expect.stringContaining("22.15") }),
  );
});

describe.each(KINDS)("%s", (kind) => {
  const compression = parseCompression(kind);

  test.each([1, 511, 4096, 4097, 300_000])("%i bytes come back", async (size) => {
    const bytes = Buffer.from("audit\t1\tlogin\n".repeat(Math.ceil(size / 14))).subarray(0, size);
    const stored = await compress(bytes, compression);
    expect(plausible(compression.codec, stored.length, size)).toBe(true);
    const back = await decompress(stored, compression.codec, size, "x");
    expect(back.equals(bytes)).toBe(true);
  });

  test("bytes that cannot be compressed are still plausible", async () => {
    for (const size of [1, 100, 5000, 1_000_000]) {
      const stored = await compress(randomBytes(size), compression);
      expect(plausible(compression.codec, stored.length, size)).toBe(true);
    }
  });

  test("the same bytes are stored the same", async () => {
    const bytes = Buffer.from("a\tb\n".repeat(20_000));
    const [one, two] = await Promise.all([
      compress(bytes, compression),
      compress(bytes, compression),
    ]);
    expect(one.equals(two)).toBe(true);
  });

  test.each([-1, 1])("a declared size that is off by %i is refused", async (by) => {
    for (const size of [100, 100_000]) {
      const stored = await compress(Buffer.alloc(size, "abc\n"), compression);
      await expect(decompress(stored, compression.codec, size + by, "x")).rejects.toMatchObject({
        code: "ARCHIVE_DAMAGED",
        object: "x",
      });
    }
  });
});

test("a gzip member tells neither time nor system, whatever the size", async () => {
  for (const size of [10, 100_000]) {
    const stored = await compress(Buffer.alloc(size), parseCompression("gzip:4"));
    expect([...stored.subarray(0, 8)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
    expect(stored[9]).toBe(255);
    expect(gunzipSync(stored).length).toBe(size);
  }
});

test("a bomb is not inflated beyond what was declared", async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const before = process.memoryUsage().arrayBuffers;
  await expect(decompress(bomb, "gzip", 70_000, "bomb")).rejects.toMatchObject({ object: "bomb" });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
});

test("sizes that deflate cannot reach are refused before room is made for them", async () => {
  const member = gzipSync("x");
  expect(plausible("gzip", member.length, 1024 * 1024 * 1024)).toBe(false);
  await expect(decompress(member, "gzip", 1024 * 1024 * 1024, "x")).rejects.toMatchObject({
    code: "ARCHIVE_DAMAGED",
  });
  // The most that deflate can do is still allowed.
  const zeros = gzipSync(Buffer.alloc(16 * 1024 * 1024), { level: 9 });
  expect(plausible("gzip", zeros.length, 16 * 1024 * 1024)).toBe(true);
});
