import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, test } from "vitest";
import { OutputError } from "../../../src/errors.ts";
import { PartCutter } from "../../../src/archive/part-cutter.ts";
import { PartSink } from "../../../src/archive/part-sink.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import type { ArchiveSink } from "../../../src/archive/storage/store.ts";
import { createArchiveWriter } from "../../../src/archive/writer.ts";
import {
  MemoryStore,
  TOOL_VERSION,
  emptyHead,
  relationOf,
  writeSample,
} from "../../support/archives.ts";

const OPTIONS = { toolVersion: TOOL_VERSION, compression: "gzip:1" };

/** Rows of one range, so that rows of different ranges differ. */
function rows(label: string, count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, i) => `${label}\t${i}\n`).join(""));
}

test("several streams write at once, each gets its own parts in row order", async () => {
  const store = new MemoryStore();
  const writer = createArchiveWriter(await store.create(), { ...OPTIONS, partBytes: 1000 });
  // Three ranges of relation 1, and relation 2, at the same time and in odd chunks.
  const texts = [rows("a", 900), rows("b", 500), rows("c", 700), rows("other", 800)];
  const sinks = texts.map((_, i) => new PartSink(writer, i < 3 ? 1 : 2));
  await Promise.all(
    texts.map((text, i) => {
      const chunks = Array.from({ length: Math.ceil(text.length / 333) }, (_, k) =>
        text.subarray(333 * k, 333 * (k + 1)),
      );
      const cutter = new PartCutter({ partBytes: 1000, buffers: writer.buffers });
      return pipeline(Readable.from(chunks), cutter, sinks[i]!);
    }),
  );
  expect(sinks.map((sink) => sink.rows)).toEqual([900, 500, 700, 800]);
  const ranges = sinks.slice(0, 3).flatMap(({ parts }) => parts);
  const { manifest, bytes } = await writer.finish({
    ...emptyHead("gzip:1"),
    relations: [
      relationOf(1, "r", ["l", "n"], ranges),
      relationOf(2, "o", ["l", "n"], sinks[3]!.parts),
    ],
  });
  expect(bytes).toBe(store.bytes.length);

  const reader = await openArchive(store);
  expect(reader.manifest).toEqual(manifest);
  for (const [i, wanted] of [Buffer.concat(texts.slice(0, 3)), texts[3]!].entries()) {
    const blocks = [];
    for await (const block of reader.readParts(manifest.relations[i]!)) blocks.push(block);
    expect(Buffer.concat(blocks).equals(wanted)).toBe(true);
  }
  // The ranges took turns in the file.
  const order = manifest.entries.flatMap(({ name }) =>
    name.startsWith("data/") ? [name.split("/")[1]] : [],
  );
  expect(order.indexOf("2")).toBeLessThan(order.lastIndexOf("1"));
});

test("the same contents give the same bytes, whatever the concurrency", async () => {
  const archives = await Promise.all(
    [1, 2, 4].map(async (concurrency) => {
      const store = new MemoryStore();
      const tables = [{ name: "t", columns: ["l", "n"], text: rows("x", 20_000) }];
      await writeSample(await store.create(), { tables }, { concurrency, partBytes: 5000 });
      return store.bytes;
    }),
  );
  expect(archives[1]!.equals(archives[0]!)).toBe(true);
  expect(archives[2]!.equals(archives[0]!)).toBe(true);
});

test("the given time is in the tar headers, and nowhere else", async () => {
  const [now, never] = await Promise.all(
    [1_700_000_000, 0].map(async (mtime) => {
      const store = new MemoryStore();
      await writeSample(await store.create(), { tables: [] }, { compression: "none", mtime });
      return store.bytes;
    }),
  );
  expect(now!.toString("latin1", 136, 148)).toBe(`${(1_700_000_000).toString(8)} `);
  expect(never!.toString("latin1", 136, 148)).toBe("00000000000 ");
  expect(now!.length).toBe(never!.length);
});

describe("a slow sink", () => {
  /** A sink whose writes end on request. */
  function gated(): { sink: ArchiveSink; open: () => void } {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const store = new MemoryStore();
    const sink = store.create().then((inner): ArchiveSink => ({
      ...inner,
      write: async (bytes) => {
        await gate;
        await inner.write(bytes);
      },
    }));
    return {
      open: () => open(),
      sink: {
        write: async (bytes) => (await sink).write(bytes),
        commit: async () => (await sink).commit(),
        abort: async () => (await sink).abort(),
      },
    };
  }

  test("makes whoever brings rows wait, with a bounded number of parts taken", async () => {
    const { sink, open } = gated();
    const writer = createArchiveWriter(sink, { ...OPTIONS, partBytes: 100_000, concurrency: 3 });
    let accepted = 0;
    const added = Array.from({ length: 20 }, () => {
      const data = writer.buffers.take(100_000).fill("x\n");
      const part = writer.addPart(0, { data, rows: 50_000 });
      void part.accepted.then(() => accepted++);
      return part;
    });
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(accepted).toBe(3);
    open();
    const parts = await Promise.all(added.map(({ part }) => part));
    expect(accepted).toBe(20);
    // The first entry of the file is the format's.
    expect(parts.map(({ entry }) => entry)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test("does not hold up an abort", async () => {
    let giveUp: (error: Error) => void = () => {};
    const stuck: ArchiveSink = {
      write: () => new Promise((_, reject) => (giveUp = reject)),
      commit: async () => {},
      abort: async () => giveUp(new OutputError("destroyed")),
    };
    const writer = createArchiveWriter(stuck, OPTIONS);
    const { part } = writer.addPart(0, { data: Buffer.from("1\n"), rows: 1 });
    await new Promise(setImmediate);
    const refused = expect(part).rejects.toThrow("interrupted");
    await writer.abort(new Error("interrupted"));
    await refused;
  });
});

describe("a sink that fails", () => {
  function failing(after: number): { sink: ArchiveSink; calls: string[] } {
    const calls: string[] = [];
    const sink: ArchiveSink = {
      write: async () => {
        calls.push("write");
        if (calls.length > after) throw new OutputError("the disk is full");
      },
      commit: async () => void calls.push("commit"),
      abort: async () => void calls.push("abort"),
    };
    return { sink, calls };
  }

  test("fails the streams that write, and is never written to again", async () => {
    const { sink, calls } = failing(3);
    const writer = createArchiveWriter(sink, { ...OPTIONS, partBytes: 1000 });
    const feed = (): Promise<void> =>
      pipeline(
        Readable.from([rows("x", 5000)]),
        new PartCutter({ partBytes: 1000 }),
        new PartSink(writer, 1),
      );
    const results = await Promise.allSettled([feed(), feed()]);
    for (const result of results) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "OUTPUT" } });
    }
    await expect(writer.finish(emptyHead("gzip:1"))).rejects.toMatchObject({ code: "OUTPUT" });
    await writer.abort(new Error("given up"));
    expect(calls).toEqual(["write", "write", "write", "write", "abort"]);
  });

  test("is not committed", async () => {
    for (let after = 0; after < 8; after++) {
      const { sink, calls } = failing(after);
      await expect(writeSample(sink, { tables: [] })).rejects.toMatchObject({ code: "OUTPUT" });
      expect(calls).not.toContain("commit");
      expect(calls.at(-1)).toBe("abort");
    }
  });
});

test("a manifest that no reader would take is not written", async () => {
  const store = new MemoryStore();
  const sample = {
    tables: [{ name: "t", columns: ["a"], text: "1\n" }],
    change: (head: ReturnType<typeof emptyHead>) => ({
      ...head,
      relations: head.relations.map((relation) => ({ ...relation, rows: 2 })),
    }),
  };
  await expect(writeSample(await store.create(), sample)).rejects.toMatchObject({
    code: "INTERNAL",
  });
  expect(store.committed).toBe(false);
  expect(store.aborted).toBe(true);
});

test("an unknown compression is refused before anything is written", async () => {
  const store = new MemoryStore();
  const sink = await store.create();
  expect(() => createArchiveWriter(sink, { toolVersion: "1", compression: "lz4:1" })).toThrow(
    expect.objectContaining({ code: "USAGE" }),
  );
});
