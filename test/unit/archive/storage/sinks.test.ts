import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { lstatSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OutputError } from "../../../../src/errors.ts";
import { parseTemporaryName } from "../../../../src/util/temp-file.ts";
import { openSink } from "../../../../src/archive/storage/sink.ts";
import { MemoryStore } from "../../../support/archives.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nhd-sink-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("a path", () => {
  test("appears only when it is complete, readable by its owner alone", async () => {
    const path = join(folder, "a.tar.gz");
    const sink = await openSink(path);
    await sink.write(Buffer.from("one "));
    await sink.write(Buffer.from("two"));
    const [temporary, ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(parseTemporaryName(temporary!)).toMatchObject({ name: "a.tar.gz", pid: process.pid });
    expect(statSync(join(folder, temporary!)).mode & 0o777).toBe(0o600);
    await sink.commit();
    expect(readdirSync(folder)).toEqual(["a.tar.gz"]);
    expect(readFileSync(path, "utf8")).toBe("one two");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("is as it was after an abort, at any time and twice", async () => {
    const path = join(folder, "a.tar.gz");
    writeFileSync(path, "old");
    for (const writes of [0, 1]) {
      const sink = await openSink(path);
      if (writes > 0) await sink.write(Buffer.from("new"));
      await sink.abort();
      await sink.abort();
      expect(readdirSync(folder)).toEqual(["a.tar.gz"]);
      expect(readFileSync(path, "utf8")).toBe("old");
    }
  });

  test("is replaced in one step, and an abort after that does nothing", async () => {
    const path = join(folder, "a.tar.gz");
    writeFileSync(path, "old");
    const sink = await openSink(path);
    await sink.write(Buffer.from("new"));
    await sink.commit();
    await sink.abort();
    expect(readFileSync(path, "utf8")).toBe("new");
  });

  test("that is a symbolic link stays one", async () => {
    mkdirSync(join(folder, "real"));
    writeFileSync(join(folder, "real", "file"), "old");
    symlinkSync(join("real", "file"), join(folder, "link"));
    const sink = await openSink(join(folder, "link"));
    await sink.write(Buffer.from("new"));
    await sink.commit();
    expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "real", "file"), "utf8")).toBe("new");
  });

  test("that is a device is written as it is", async () => {
    const sink = await openSink("/dev/null");
    await sink.write(Buffer.from("x"));
    await sink.commit();
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test("that cannot be made is an OutputError that says why", async () => {
    await expect(openSink(join(folder, "none", "a"))).rejects.toMatchObject({
      code: "OUTPUT",
      message: expect.stringContaining("folder does not exist"),
    });
    await expect(openSink(folder)).rejects.toMatchObject({
      code: "OUTPUT",
      message: expect.stringContaining("folder"),
    });
  });

  test.skipIf(process.getuid?.() === 0)(
    "in a folder without permission is an OutputError",
    async () => {
      chmodSync(folder, 0o500);
      await expect(openSink(join(folder, "a"))).rejects.toMatchObject({
        code: "OUTPUT",
        message: expect.stringContaining("permission"),
      });
    },
  );

  test("on a full disk is an OutputError", async () => {
    const sink = await openSink("/dev/full");
    await expect(sink.write(Buffer.from("x"))).rejects.toMatchObject({
      code: "OUTPUT",
      message: expect.stringContaining("the disk is full"),
    });
    await sink.abort();
  });
});

describe("a stream", () => {
  test("gets every byte and is ended once", async () => {
    const chunks: Buffer[] = [];
    let ends = 0;
    const stream = new Writable({
      write: (chunk, _encoding, callback) => {
        chunks.push(Buffer.from(chunk));
        setImmediate(callback);
      },
      final: (callback) => {
        ends++;
        callback();
      },
    });
    const sink = await openSink(stream);
    await sink.write(Buffer.from("one "));
    await sink.write(Buffer.from("two"));
    await sink.commit();
    await sink.abort();
    expect(Buffer.concat(chunks).toString()).toBe("one two");
    expect(ends).toBe(1);
    expect(stream.errored).toBeNull();
  });

  test.each([
    ["of Node.js", () => new PassThrough()],
    [
      "of the web",
      () =>
        new TransformStream<Uint8Array, Uint8Array>(
          undefined,
          { highWaterMark: 9 },
          { highWaterMark: 9 },
        ),
    ],
  ])(
    "%s that passes on what it gets keeps it, although the memory is used again",
    async (_, make) => {
      const stream = make();
      const [writable, readable] =
        stream instanceof PassThrough ? [stream, stream] : [stream.writable, stream.readable];
      const sink = await openSink(writable);
      const bytes = Buffer.from("rows");
      await sink.write(bytes);
      bytes.fill(0);
      await sink.commit();
      const got: Uint8Array[] = [];
      for await (const chunk of readable) got.push(chunk as Uint8Array);
      expect(Buffer.concat(got).toString()).toBe("rows");
    },
  );

  test("that nobody reads makes the writer wait", async () => {
    const stream = new PassThrough({ highWaterMark: 4 });
    const sink = await openSink(stream);
    let written = 0;
    const writing = (async () => {
      for (let i = 0; i < 20; i++) {
        await sink.write(Buffer.from("four"));
        written++;
      }
      await sink.commit();
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(written).toBeLessThan(5);
    let read = "";
    for await (const chunk of stream) read += String(chunk);
    await writing;
    expect(read).toBe("four".repeat(20));
  });

  test("is destroyed by an abort, during a write too, without an error of its own", async () => {
    const stream = new Writable({ write: () => {} });
    const sink = await openSink(stream);
    const write = sink.write(Buffer.from("x"));
    const refused = expect(write).rejects.toBeInstanceOf(OutputError);
    await sink.abort();
    await refused;
    expect(stream.destroyed).toBe(true);
    expect(stream.errored).toBeNull();
  });

  test("that breaks is an OutputError, whenever it broke", async () => {
    const stream = new PassThrough();
    const sink = await openSink(stream);
    stream.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    await new Promise(setImmediate);
    const gone = { code: "OUTPUT", message: expect.stringContaining("closed the stream") };
    await expect(sink.write(Buffer.from("x"))).rejects.toMatchObject(gone);
    await expect(sink.commit()).rejects.toMatchObject(gone);
  });

  test("that its owner closed meanwhile is an OutputError", async () => {
    const stream = new PassThrough();
    const sink = await openSink(stream);
    stream.end();
    await expect(sink.write(Buffer.from("x"))).rejects.toMatchObject({ code: "OUTPUT" });
    await expect(sink.commit()).rejects.toMatchObject({ code: "OUTPUT" });
  });
});

test("a store is asked", async () => {
  const store = new MemoryStore();
  const sink = await openSink(store);
  await sink.write(Buffer.from("x"));
  await sink.commit();
  expect(store.bytes.toString()).toBe("x");
});
