/** One object: written in parts, read by ranges, never replaced, whatever fails meanwhile. */
import { createHash, randomBytes } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { ByteSink } from "../../src/store/folder.ts";
import { openS3Object } from "../../src/store/s3/s3-object.ts";
import { createBucket, gateway } from "../support/s3/bucket.ts";
import { type FaultProxy, startFaultProxy } from "../support/s3/fault-proxy.ts";
import { startSecondGateway } from "../support/s3/gateway.ts";

const MIB = 1024 * 1024;

describe.skipIf(gateway === null)("an object", () => {
  const facts = gateway!;
  const open: FaultProxy[] = [];
  afterEach(async () => {
    for (const proxy of open.splice(0)) await proxy.close();
  });

  async function behindProxy() {
    const proxy = await startFaultProxy(facts.endpoint);
    open.push(proxy);
    return { proxy, bucket: await createBucket(facts, { endpoint: proxy.endpoint }) };
  }

  async function write(address: string, bytes: Buffer): Promise<void> {
    const sink = await (await openS3Object(address)).create();
    try {
      await fill(sink, bytes);
      await sink.commit();
    } catch (error) {
      await sink.abort();
      throw error;
    }
  }

  async function fill(sink: ByteSink, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += 777_777)
      await sink.write(bytes.subarray(at, at + 777_777));
  }

  async function read(address: string): Promise<Buffer> {
    const source = await (await openS3Object(address)).open();
    try {
      const half = Math.floor(source.size / 2);
      return Buffer.concat([
        await source.read(0, half),
        await source.read(half, source.size - half),
      ]);
    } finally {
      await source.close();
    }
  }

  const digest = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

  test.each([0, 1, MIB, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 40 * MIB])(
    "of %i bytes comes back as it was, and leaves no claim and no upload",
    async (size) => {
      const bucket = await createBucket(facts);
      const bytes = randomBytes(size);
      await write(bucket.at("a folder/with+odd 'names'/x.tar"), bytes);
      expect(digest(await read(bucket.at("a folder/with+odd 'names'/x.tar")))).toBe(digest(bytes));
      expect(await bucket.keys("a folder/with+odd 'names'/")).toHaveLength(1);
      expect(await bucket.uploads()).toBe(0);
    },
  );

  test("is never replaced: not when it was there, and not when it came meanwhile", async () => {
    const bucket = await createBucket(facts);
    const address = bucket.at("x.tar");
    const first = await (await openS3Object(address)).create();
    await first.write(randomBytes(10 * MIB));
    await bucket.bucket.put("x.tar", Buffer.from("of somebody else"));
    await expect(first.commit()).rejects.toMatchObject({ code: "OUTPUT" });
    await first.abort();
    await expect((await openS3Object(address)).create()).rejects.toThrow(
      /there is an object of this name already/,
    );
    expect((await read(address)).toString()).toBe("of somebody else");
    expect(await bucket.uploads()).toBe(0);
    expect(await bucket.keys()).toEqual(["x.tar"]);
  });

  test("has one writer: the second is refused, and the first goes on", async () => {
    const bucket = await createBucket(facts);
    const first = await (await openS3Object(bucket.at("x.tar"))).create();
    await expect((await openS3Object(bucket.at("x.tar"))).create()).rejects.toMatchObject({
      code: "BUSY",
    });
    const other = await (await openS3Object(bucket.at("y.tar"))).create();
    await other.abort();
    await first.write(Buffer.from("whole"));
    await first.commit();
    expect(await bucket.keys()).toEqual(["x.tar"]);
  });

  test("that is given up leaves nothing", async () => {
    const bucket = await createBucket(facts);
    const sink = await (await openS3Object(bucket.at("x.tar"))).create();
    await sink.write(randomBytes(20 * MIB));
    await vi.waitFor(async () => expect(await bucket.uploads()).toBe(1), 10_000);
    await sink.abort();
    expect(await bucket.uploads()).toBe(0);
    expect(await bucket.keys()).toEqual([]);
  });

  test("is written and read although every third request fails", async () => {
    const { proxy, bucket } = await behindProxy();
    let count = 0;
    const faults = [
      { status: 503, code: "SlowDown" },
      { reset: "before" },
      { status: 500, code: "InternalError" },
      { reset: "after" },
      { status: 502 },
      { flipBody: true },
      { reset: 100_000 },
    ] as const;
    // A flipped bit in a request without a body is none.
    proxy.fault = () =>
      ++count % 3 === 0 ? faults[Math.floor(count / 3) % faults.length] : undefined;
    const bytes = randomBytes(48 * MIB);
    await write(bucket.at("x.tar"), bytes);
    expect(digest(await read(bucket.at("x.tar")))).toBe(digest(bytes));
    expect(await bucket.uploads()).toBe(0);
    expect(await bucket.keys()).toEqual(["x.tar"]);
    expect(count).toBeGreaterThan(20);
  });

  test("a range that breaks off goes on where it ended", async () => {
    const { proxy, bucket } = await behindProxy();
    const bytes = randomBytes(12 * MIB);
    await write(bucket.at("x.tar"), bytes);
    proxy.seen.bytes = 0;
    proxy.fault = ({ headers }) =>
      headers.range?.startsWith("bytes=-") === false ? { reset: 3 * MIB } : undefined;
    expect(digest(await read(bucket.at("x.tar")))).toBe(digest(bytes));
    expect(proxy.seen.bytes).toBeLessThan(16 * MIB);
  });

  test("a part that was damaged on its way is refused by the store, and sent again", async () => {
    const { proxy, bucket } = await behindProxy();
    let damaged = 0;
    proxy.fault = ({ url, method }) =>
      method === "PUT" && url?.includes("partNumber=2") === true && damaged++ === 0
        ? { flipBody: true }
        : undefined;
    const bytes = randomBytes(20 * MIB);
    await write(bucket.at("x.tar"), bytes);
    expect(damaged).toBe(2);
    expect(digest(await read(bucket.at("x.tar")))).toBe(digest(bytes));
  });

  test("an answer to the last request that was lost is found out", async () => {
    const { proxy, bucket } = await behindProxy();
    let lost = 0;
    proxy.fault = ({ url, method }) =>
      method === "POST" && /[?&]uploadId=/.test(url ?? "") && lost++ === 0
        ? { reset: "after" }
        : undefined;
    const bytes = randomBytes(20 * MIB);
    await write(bucket.at("x.tar"), bytes);
    expect(lost).toBeGreaterThan(0);
    expect(digest(await read(bucket.at("x.tar")))).toBe(digest(bytes));
  });

  test("that is replaced while it is read is an error, not a mixture", async () => {
    const bucket = await createBucket(facts);
    await write(bucket.at("x.tar"), randomBytes(5 * MIB));
    const source = await (await openS3Object(bucket.at("x.tar"))).open();
    await bucket.bucket.put("x.tar", randomBytes(5 * MIB));
    await expect(source.read(0, MIB)).rejects.toThrow(/was removed or replaced while it was read/);
    await source.close();
  });

  test("a gateway that is killed in a part and comes back is waited for", async () => {
    const second = await startSecondGateway(facts);
    const proxy = await startFaultProxy(second.endpoint);
    open.push(proxy);
    const bucket = await createBucket(facts, { endpoint: proxy.endpoint });
    const bytes = randomBytes(30 * MIB);
    const sink = await (await openS3Object(bucket.at("x.tar"))).create();
    await fill(sink, bytes.subarray(0, 20 * MIB));
    second.process.kill("SIGKILL");
    // Behind the proxy every request is now reset; meanwhile another gateway comes up.
    const third = startSecondGateway(facts).then((started) => {
      proxy.retarget(started.endpoint);
      return started;
    });
    await fill(sink, bytes.subarray(20 * MIB));
    await sink.commit();
    expect(digest(await read(bucket.at("x.tar")))).toBe(digest(bytes));
    (await third).process.kill("SIGKILL");
  });
});
