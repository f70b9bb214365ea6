/** Clients of the caller: what no restore can use is refused, and what one used is left as it was. */
import { Readable } from "node:stream";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import type { NexushubDumpError } from "../../src/errors.ts";
import { restore } from "../../src/restore/restore.ts";
import { verify } from "../../src/verify/verify.ts";
import { StrayErrors } from "../faults/stray-errors.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { statementProxy } from "../support/statement-proxy.ts";

let source: TestDatabase;
let target: TestDatabase;
let archive: MemoryStore;

beforeAll(async () => {
  source = await freshDatabase();
  target = await freshDatabase();
  await source.query(
    "CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 50000) i; CREATE INDEX ON t (i)",
  );
  archive = new MemoryStore();
  await dump(source.url, archive);
});

afterAll(async () => {
  await source.drop();
  await target.drop();
});

async function failure(work: Promise<unknown>): Promise<NexushubDumpError> {
  return work.then(
    () => expect.unreachable("it succeeded"),
    (error: unknown) => error as NexushubDumpError,
  );
}

/** Deliberately without a listener for errors: while we use the client, none may end the process. */
async function inTransaction(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query("BEGIN");
  return client;
}

const EVENTS = ["notice", "error", "end", "drain", "notification"];
const listeners = (client: pg.Client): number[] =>
  EVENTS.map((event) => client.listenerCount(event));

describe("a client that cannot be used is refused", () => {
  test("when it is not connected", async () => {
    const client = new pg.Client(target.url);
    expect(await failure(restore(archive, client))).toMatchObject({
      code: "USAGE",
      message: "the client is not connected",
    });
    await client.connect();
    await client.end();
    expect(await failure(restore(archive, client))).toMatchObject({ code: "USAGE" });
  });

  test("when it runs a statement, which goes on", async () => {
    const client = await inTransaction(target.url);
    const work = client.query("SELECT pg_sleep(0.5), 1 AS one");
    const signal = AbortSignal.timeout(100);
    expect(await failure(restore(archive, client, { signal }))).toMatchObject({
      code: "USAGE",
      message: "the client is still running another statement",
    });
    expect((await work).rows).toMatchObject([{ one: 1 }]);
    await client.end();
  });

  test("where connections are opened: dump, diff and a restore into a pool", async () => {
    const client = await inTransaction(source.url);
    const pool = new pg.Pool({ connectionString: target.url });
    const store = new MemoryStore();
    for (const open of [client, pool]) {
      const value = open as never;
      expect(await failure(dump(value, store))).toMatchObject({
        code: "USAGE",
        message: expect.stringContaining("open client or a pool") as string,
      });
      expect((await failure(diff(archive, value))).code).toBe("USAGE");
      expect((await failure(diff(archive, { database: value }))).code).toBe("USAGE");
      expect((await failure(verify(value))).code).toBe("USAGE");
    }
    expect((await failure(restore(archive, pool as never))).code).toBe("USAGE");
    const config = { host: "127.0.0.1", database: "postgres" };
    expect((await failure(diff(archive, config as never))).code).toBe("USAGE");
    expect((await client.query("SELECT 1")).rowCount).toBe(1);
    await client.end();
    await pool.end();
  });
});

test.each([
  ["a URL", new URL("file:///tmp/a.tar.gz"), /fileURLToPath/],
  ["bytes", Buffer.from("x"), /Readable.from/],
  ["a web stream", Readable.toWeb(Readable.from(["x"])), /fromWeb/],
  ["nothing", undefined, /path/],
])("%s in an archive's place is refused with what to give", async (_name, value, hint) => {
  const error = await failure(verify(value as never));
  expect(error).toMatchObject({ code: "USAGE", hint: expect.stringMatching(hint) as string });
  expect((await failure(dump(source.url, value as never))).code).toBe("USAGE");
});

describe("what used a client leaves it as it was", () => {
  test("after a success", async () => {
    const client = await inTransaction(target.url);
    const before = listeners(client);
    await restore(archive, client, { force: true });
    expect(listeners(client)).toEqual(before);
    await client.query("ROLLBACK");
    await client.end();
  });

  test("after an abort at any moment, whose cancel request stops no later statement", async () => {
    const client = await inTransaction(target.url);
    const before = listeners(client);
    let aborted = 0;
    for (let run = 0; run < 12; run++) {
      const signal = AbortSignal.timeout(10 + run * 15);
      const error = await restore(archive, client, { force: true, signal }).catch(
        (thrown: unknown) => thrown as NexushubDumpError,
      );
      if ("code" in error) {
        expect(error.code).toBe("ABORTED");
        aborted++;
      }
      await client.query("ROLLBACK");
      for (let i = 0; i < 5; i++)
        expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
      await client.query("BEGIN");
      expect(listeners(client)).toEqual(before);
    }
    expect(aborted).toBeGreaterThan(3);
    await client.end();
  });

  test.each([/^COPY/, /CREATE INDEX/, /^SELECT/])(
    "when its server process dies at %s, the host lives",
    async (at) => {
      const stray = new StrayErrors();
      const proxy = await statementProxy(target.url, async (sql) => {
        if (at.test(sql)) await target.query(`SELECT pg_terminate_backend(${pid})`);
      });
      let pid = 0;
      const client = await inTransaction(proxy.url);
      pid = (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]!.pid;
      const error = await failure(restore(archive, client, { force: true }));
      expect(error.code).toBe("CONNECTION");
      await stray.stop();
      expect(stray.errors).toEqual([]);
      expect(listeners(client).slice(0, 2)).toEqual([0, 0]);
      proxy.close();
    },
  );
});
