import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, test } from "vitest";
import { PartBuffers } from "../../../src/archive/part-buffers.ts";
import { PartCutter } from "../../../src/archive/part-cutter.ts";
import { type RowBlock, countRows } from "../../../src/archive/rows.ts";

/** The cutter's blocks for chunks as given. */
async function cut(
  chunks: readonly Buffer[],
  partBytes: number,
  buffers?: PartBuffers,
): Promise<RowBlock[]> {
  const blocks: RowBlock[] = [];
  await pipeline(
    Readable.from(chunks, { objectMode: true }),
    new PartCutter({ partBytes, ...(buffers === undefined ? {} : { buffers }) }),
    async (source: AsyncIterable<RowBlock>) => {
      for await (const block of source) blocks.push(block);
    },
  );
  return blocks;
}

/** What the cutter must do, said in the plainest way: as many whole rows as fit, or one that is larger. */
function expected(text: string, partBytes: number): string[] {
  const blocks: string[] = [];
  let block = "";
  for (const row of text.match(/[^\n]*\n/g) ?? []) {
    if (block !== "" && block.length + row.length > partBytes) {
      blocks.push(block);
      block = "";
    }
    block += row;
  }
  if (block !== "") blocks.push(block);
  return blocks;
}

const TEXT = "1\ta\n\n22\tbb\n333333333333333333333\n\n4\n55555555\n\\.\n66666666666666666\n7\n";

describe.each([1, 2, 3, 7, 8, 16, 20, 1000])("parts of %i bytes", (partBytes) => {
  test("are the same wherever the text is split in two", async () => {
    const bytes = Buffer.from(TEXT);
    const wanted = expected(TEXT, partBytes);
    for (let at = 0; at <= bytes.length; at++) {
      const blocks = await cut([bytes.subarray(0, at), bytes.subarray(at)], partBytes);
      expect(blocks.map(({ data }) => data.toString())).toEqual(wanted);
      expect(blocks.map(({ rows }) => rows)).toEqual(
        wanted.map((text) => text.split("\n").length - 1),
      );
    }
  });

  test("are the same byte by byte, and with a giant row at either end", async () => {
    const giant = `${"x".repeat(300)}\n`;
    for (const text of [TEXT, giant + TEXT, TEXT + giant, giant + giant]) {
      const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
      const blocks = await cut(bytes, partBytes);
      expect(blocks.map(({ data }) => data.toString())).toEqual(expected(text, partBytes));
    }
  });
});

test("no text makes no part", async () => {
  expect(await cut([], 10)).toEqual([]);
  expect(await cut([Buffer.alloc(0)], 10)).toEqual([]);
});

test("text that ends within a row is refused", async () => {
  await expect(cut([Buffer.from("1\n2")], 10)).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED" });
});

test("rows are newline bytes", () => {
  expect(countRows(Buffer.from(""))).toBe(0);
  expect(countRows(Buffer.from("\n\n"))).toBe(2);
  expect(countRows(Buffer.from("a\\nb\n€\n"))).toBe(2);
});

describe("part buffers", () => {
  test("are used again once given back", () => {
    const buffers = new PartBuffers(1000);
    const first = buffers.take(1000);
    expect(buffers.take(1000).buffer).not.toBe(first.buffer);
    buffers.give(first.subarray(0, 10));
    expect(buffers.take(900).buffer).toBe(first.buffer);
  });

  test("of another size, or of another maker, are not kept", () => {
    const buffers = new PartBuffers(1000);
    const small = buffers.take(100);
    const large = buffers.take(5000);
    const foreign = Buffer.allocUnsafeSlow(1000 + 1024);
    expect(small.length).toBeGreaterThanOrEqual(100);
    expect(large.length).toBeGreaterThanOrEqual(5000);
    for (const buffer of [small, large, foreign]) buffers.give(buffer);
    expect([small.buffer, large.buffer, foreign.buffer]).not.toContain(buffers.take(1000).buffer);
  });

  test("become a frame in place, and others by a copy", () => {
    const buffers = new PartBuffers(1000);
    const own = buffers.take(1000);
    own.fill("x");
    const framed = buffers.framed(own.subarray(0, 600));
    expect(framed.buffer).toBe(own.buffer);
    expect(framed.length).toBe(512 + 600 + 512);
    expect(framed.toString("latin1", 512, 1112)).toBe("x".repeat(600));

    for (const data of [own.subarray(1, 600), Buffer.alloc(600, "y")]) {
      const copy = buffers.framed(data);
      expect(copy.buffer).not.toBe(data.buffer);
      expect(copy.subarray(512, 512 + data.length).equals(data)).toBe(true);
    }
  });
});
