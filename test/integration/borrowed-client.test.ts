/** Clients of the caller: what no restore can use is refused, and what one used is left as it was. */
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import type { NexushubDumpError } from "../../src/errors.ts";
import * as library from "../../src/index.ts";
import { restore } from "../../src/restore/restore.ts";
import { verify } from "../../src/verify/verify.ts";
import { StrayErrors } from "../faults/stray-errors.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { statementProxy } from "../support/statement-proxy.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = temporaryFolder();
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
  folder.remove();
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

describe("archives of every kind are read", () => {
  const path = join(folder.path, "a.tar.gz");
  beforeAll(() => writeFile(path, archive.bytes));
  test.each([
    ["a path", () => path],
    ["a file: URL", () => pathToFileURL(path)],
    ["a Buffer", () => archive.bytes],
    ["an ArrayBuffer", () => Uint8Array.from(archive.bytes).buffer],
    ["a Blob", () => new Blob([Uint8Array.from(archive.bytes)])],
    ["a stream of Node.js", () => createReadStream(path)],
    ["a web stream", () => new Blob([Uint8Array.from(archive.bytes)]).stream()],
    ["a store", () => archive],
  ] as const)("from %s", async (_, make) => {
    expect((await library.verify(make())).rows).toBe(50_000);
  });

  test("from a web server, whose failure names no path or query", async () => {
    const server = createServer((request, response) => {
      if (request.url === "/moved") response.writeHead(302, { location: "/a" }).end();
      else if (request.url === "/a") response.end(archive.bytes);
      else response.writeHead(403).end("no");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await library.verify(new URL("/moved", base))).rows).toBe(50_000);
    const error = await failure(library.verify(new URL("/secret?signature=s3cret", base)));
    expect(error).toMatchObject({ code: "ARCHIVE_DAMAGED", object: base });
    expect(error.message).toContain("status 403");
    expect(error.message).not.toContain("secret");
    server.close();
    await once(server, "close");
    const gone = await failure(library.verify(new URL("/a?signature=s3cret", base)));
    expect(gone.message).toMatch(/ECONNREFUSED|UND_ERR_SOCKET|ECONNRESET/);
  });

  test("and are written to a file: URL and to a web stream", async () => {
    const written = pathToFileURL(join(folder.path, "b.tar.gz"));
    expect((await library.dump(source.url, written)).path).toBe(fileURLToPath(written));
    expect((await library.verify(written)).rows).toBe(50_000);
    const through = new TransformStream<Uint8Array, Uint8Array>();
    const [, verified] = await Promise.all([
      library.dump(source.url, through.writable),
      library.verify(through.readable),
    ]);
    expect(verified.rows).toBe(50_000);
  });
});

describe("a pool and an idle client stand for their database", () => {
  test("in dump, restore and diff", async () => {
    const pool = new pg.Pool({ connectionString: target.url, max: 1 });
    const client = new pg.Client(target.url);
    await client.connect();
    await library.restore(archive, pool, { force: true });
    for (const database of [pool, client, new URL(target.url), { connectionString: target.url }])
      expect(await library.diff(archive, { database })).toMatchObject({ equal: true });
    expect((await library.dump(pool, new MemoryStore())).rows).toBe(50_000);
    await client.query("BEGIN; DELETE FROM t");
    expect(await failure(library.dump(client, new MemoryStore()))).toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("inside a transaction") as string,
    });
    await client.query("ROLLBACK; DROP TABLE t");
    expect([pool.totalCount, listeners(client)]).toEqual([0, [0, 0, 0, 0, 0]]);
    await client.end();
    await pool.end();
  });
});

test("what is no archive is refused", async () => {
  for (const value of [undefined, 5, {}, () => "x"]) {
    expect((await failure(verify(value as never))).code).toBe("USAGE");
    expect((await failure(dump(source.url, value as never))).code).toBe("USAGE");
  }
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
