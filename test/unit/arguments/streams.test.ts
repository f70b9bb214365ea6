/** Streams that give something else than bytes. */
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { verify } from "../../../src/index.ts";
import { usageError } from "./wrong-values.ts";

const web = (chunk: unknown): ReadableStream =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(chunk);
      controller.close();
    },
  });

test.each([
  ["texts", Readable.from(["a", "b"])],
  ["objects", Readable.from([{ a: 1 }])],
  ["texts", web("a")],
  ["objects", web({ a: 1 })],
])("a stream of %s is said to be one", async (what, stream) => {
  const error = await usageError(() => verify(stream));
  expect(error.message).toContain(`gives ${what}`);
});

test("a stream that was read to its end is not taken for an empty archive", async () => {
  const stream = Readable.from([Buffer.from("a")]);
  await stream.toArray();
  expect((await usageError(() => verify(stream))).message).toContain("read to its end");
});

test("a stream that broke is no mistake of the caller", async () => {
  const stream = Readable.from([Buffer.from("a")]);
  stream.destroy();
  await expect(verify(stream)).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED" });
});
