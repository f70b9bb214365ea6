/** What a store has already, it copies: bytes that do not change are not sent again. */
import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import { merge } from "../../src/merge/merge.ts";
import { copyArchive } from "../../src/nexushub/copy/copy-archive.ts";
import { verify } from "../../src/verify/verify.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { createBucket, gateway, type TestBucket } from "../support/s3/bucket.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../support/s3/fault-proxy.ts";

const MIB = 1024 * 1024;

describe.skipIf(gateway === null)("bytes that the store has", () => {
  const facts = gateway!;
  let database: TestDatabase;
  let proxy: FaultProxy;
  let bucket: TestBucket;
  beforeAll(async () => {
    database = await freshDatabase();
    // Text that does not compress well, in tables that several connections share.
    for (const name of ["left", "right"])
      await database.query(
        `CREATE TABLE public.${name}_side (id int, text text);
         ALTER TABLE public.${name}_side ALTER text SET STORAGE PLAIN;
         INSERT INTO public.${name}_side SELECT i, (SELECT string_agg(md5('${name}' || i || '/' || j), '')
           FROM generate_series(1, 100) AS j) FROM generate_series(1, 5000) AS i`,
      );
    await database.query("VACUUM FREEZE");
  });
  afterAll(async () => database?.drop());
  beforeEach(async () => {
    proxy = await startFaultProxy(facts.endpoint);
    bucket = await createBucket(facts, { endpoint: proxy.endpoint });
  });
  afterEach(async () => proxy.close());

  async function sentBy(work: () => Promise<{ readonly archiveBytes: number }>) {
    proxy.seen.sent = 0;
    const { archiveBytes } = await work();
    return { archiveBytes, sent: proxy.seen.sent };
  }

  async function full(name: string): Promise<string> {
    const options = { units: true, jobs: 2 };
    const result = await sentBy(() => dump(database.url, bucket.at(name), options));
    expect(result.archiveBytes).toBeGreaterThan(16 * MIB);
    expect(result.sent).toBeGreaterThan(result.archiveBytes);
    return bucket.at(name);
  }

  async function expectWhole(address: string): Promise<void> {
    await verify(address);
    expect((await diff(address, database.url)).equal).toBe(true);
    expect(await bucket.uploads()).toBe(0);
  }

  test("are copied there by a dump that reuses an archive, whichever connections wrote it", async () => {
    let reuse = await full("1");
    for (const name of ["2", "3"]) {
      const next = bucket.at(name);
      const units = { units: true, reuse, jobs: 2 } as const;
      const { sent, archiveBytes } = await sentBy(() => dump(database.url, next, units));
      process.stderr.write(`reuse: ${sent} bytes sent for an archive of ${archiveBytes}\n`);
      // What comes first and last: less than two of the smallest parts.
      expect(sent).toBeLessThan(10 * MIB);
      await expectWhole(next);
      reuse = next;
    }
  });

  test("are copied by merge and by copy", async () => {
    await full("full.tar.gz");
    await database.query("UPDATE public.left_side SET id = id WHERE id = 4990");
    const base = bucket.at("full.tar.gz");
    await dump(database.url, bucket.at("next.tar.gz"), { base });
    const merged = await sentBy(() => merge(bucket.at("next.tar.gz"), bucket.at("merged.tar.gz")));
    process.stderr.write(
      `merge: ${merged.sent} bytes sent for an archive of ${merged.archiveBytes}\n`,
    );
    expect(merged.sent).toBeLessThan(10 * MIB);
    await expectWhole(bucket.at("merged.tar.gz"));
    const other = await createBucket(facts, { endpoint: proxy.endpoint });
    for (const target of [bucket.at("copy.tar.gz"), other.at("copy.tar.gz")]) {
      const copied = await sentBy(async () => {
        const { archiveBytes } = await copyArchive(bucket.at("merged.tar.gz"), target);
        return { archiveBytes };
      });
      process.stderr.write(`copy: ${copied.sent} bytes sent\n`);
      expect(copied.sent).toBeLessThan(MIB);
      await verify(target);
    }
  });

  const refusals: readonly [string, (request: IncomingMessage) => Fault | undefined][] = [
    ["does not know how", () => ({ status: 501, code: "NotImplemented" })],
    ["may not", () => ({ status: 403, code: "AccessDenied" })],
    // As when they are encrypted with a key of the service.
    ["answers without the digest of the part", () => ({ changeAnswer: [/[0-9a-f]{32}/, "x"] })],
  ];
  test.each(refusals)("are sent where the store %s", async (_what, fault) => {
    const reuse = await full("1");
    let copies = 0;
    proxy.fault = (request) => {
      if (request.headers["x-amz-copy-source"] === undefined) return undefined;
      copies++;
      return fault(request);
    };
    const next = bucket.at("2");
    const { sent, archiveBytes } = await sentBy(() =>
      dump(database.url, next, { units: true, reuse }),
    );
    expect(copies).toBeGreaterThan(0);
    expect(sent).toBeGreaterThan(archiveBytes);
    await verify(next);
  });
});
