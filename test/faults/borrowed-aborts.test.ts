/**
 * Aborts at random moments, of every function that takes a client or a pool of the caller: the client's next query runs, no
 * listener stays on it, and no session stays on the server.
 */
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as library from "../../src/index.ts";
import { previewRestore, undeleteNexusHub } from "../../src/nexushub/index.ts";
import { openFixture } from "../../src/testing/index.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { campaign } from "./campaign.ts";
import { StrayErrors } from "./stray-errors.ts";

let database: TestDatabase;
/** A swap that is not aborted in time ends all sessions of its target, so it has one of its own. */
let swapped: TestDatabase;
let swapPool: pg.Pool;
let archive: MemoryStore;
let plain: MemoryStore;

beforeAll(async () => {
  database = await freshDatabase();
  await database.query(`
    CREATE TABLE a AS SELECT i, md5(i::text) AS t FROM generate_series(1, 20000) i; CREATE INDEX ON a (i);
    CREATE TABLE b (i int PRIMARY KEY); INSERT INTO b SELECT generate_series(1, 5000)`);
  swapped = await freshDatabase();
  swapPool = new pg.Pool({ connectionString: swapped.url });
  archive = new MemoryStore();
  await library.dump(database.url, archive);
  plain = new MemoryStore();
  await library.convert(archive, plain);
});
afterAll(async () => {
  await swapPool.end();
  await swapped.drop();
  await database.drop();
});

interface Borrowed {
  readonly client: pg.Client;
  readonly pool: pg.Pool;
}

type Call = (borrowed: Borrowed, signal: AbortSignal) => Promise<unknown>;

const CALLS: Readonly<Record<string, Call>> = {
  "restore into a client": async ({ client }, signal) => {
    await client.query("BEGIN");
    return library.restore(archive, client, { force: true, signal });
  },
  "rows into a client": async ({ client }, signal) => {
    await client.query("BEGIN");
    return library.restore(archive, client, { force: true, dataOnly: true, signal });
  },
  "restore into a pool": ({ pool }, signal) =>
    library.restore(archive, pool, { force: true, dryRun: true, signal }),
  "dump of a client": ({ client }, signal) =>
    library.dump(client, new MemoryStore(), { signal, jobs: 2 }),
  "dump of a pool": ({ pool }, signal) => library.dump(pool, new MemoryStore(), { signal }),
  "diff with a client": ({ client }, signal) =>
    library.diff(archive, { database: client }, { signal }),
  "diff with a pool": ({ pool }, signal) => library.diff({ database: pool }, archive, { signal }),
  "undelete into a client": async ({ client }, signal) => {
    await client.query("BEGIN; DELETE FROM b");
    return library.undelete(archive, client, { rows: { b: "true" }, signal });
  },
  "undelete into a pool": ({ pool }, signal) =>
    library.undelete(archive, pool, { rows: { b: "i < 50" }, dryRun: true, signal }),
  "plain dump into a pool": ({ pool }, signal) =>
    library.restorePlain(plain, pool, { force: true, dryRun: true, signal }),
  "proof of a client": ({ client }, signal) =>
    library.proveSource(client, {}, { into: database.url, signal }),
  "restore beside a pool's database": (_, signal) =>
    library.restore(archive, swapPool, { swap: { keepOld: 0 }, signal }),
  "swap into a client": async ({ client }, signal) => {
    await client.query("BEGIN");
    return library.restore(archive, client, { swap: {}, signal });
  },
  "end of a swap of a client": ({ client }, signal) => library.undoSwap(client, { signal }),
  "kept databases of a pool": ({ pool }) => library.listKeptDatabases(pool),
  "expired databases of a client": ({ client }) => library.dropExpiredDatabases(client),
  "preview of a client": ({ client }, signal) => previewRestore(client, { signal }),
  "undelete of NexusHub into a pool": ({ pool }, signal) =>
    undeleteNexusHub(archive, pool, { rows: { b: "i < 50" }, dryRun: true, signal }),
  "fixture on a client's server": async ({ client }, signal) => {
    const fixture = await openFixture({ server: client, archive, keepTemplateMs: 0, signal });
    await fixture.close();
  },
};

/** Codes of those that cannot succeed while the caller is connected to the database. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "restore beside a pool's database": ["TARGET_BUSY", "SWAP_REFUSED"],
  "swap into a client": ["SWAP_REFUSED", "USAGE"],
  "end of a swap of a client": ["SWAP_REFUSED", "USAGE"],
};

const EVENTS = ["notice", "error", "end", "drain", "notification"];
const listenersOf = ({ client, pool }: Borrowed): number[] => [
  ...EVENTS.map((event) => client.listenerCount(event)),
  ...["data", "error", "close", "end"].map((event) =>
    (
      client as unknown as { connection: { stream: NodeJS.EventEmitter } }
    ).connection.stream.listenerCount(event),
  ),
  ...EVENTS.map((event) => pool.listenerCount(event)),
];

/** Sessions in the database but those of the caller. */
async function othersIn(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
  );
  return rows[0]!.n;
}

const aborts = campaign("aborts on borrowed clients", { gate: 36, full: 1000, msPerRun: 8000 });

test(
  "an abort leaves the caller's client usable, without listeners and sessions of ours",
  { timeout: aborts.timeoutMs },
  async () => {
    const stray = new StrayErrors();
    const client = new pg.Client(database.url);
    await client.connect();
    const pool = new pg.Pool({ connectionString: database.url });
    const borrowed = { client, pool };
    const listeners = listenersOf(borrowed);
    const names = Object.keys(CALLS);
    const counts = { functions: names.length, aborted: 0, completed: 0, refused: 0 };
    // How long each takes, so that an abort comes at any of its moments and seldom after its end.
    const longest = new Map<string, number>();
    for (let run = 0; run < aborts.runs; run++) {
      const random = aborts.random(run);
      const name = names[run % names.length]!;
      const controller = new AbortController();
      const began = performance.now();
      const within = Math.ceil(longest.get(name) ?? 1000);
      const timer = setTimeout(() => controller.abort(), random.between(0, within));
      const error: unknown = await CALLS[name]!(borrowed, controller.signal).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      clearTimeout(timer);
      if (error === null) {
        counts.completed++;
        longest.set(name, performance.now() - began);
      } else {
        const { code } = error as library.NexushubDumpError;
        expect([run, name, error, ["ABORTED", ...(REFUSED[name] ?? [])].includes(code)]).toEqual([
          run,
          name,
          error,
          true,
        ]);
        if (code === "ABORTED") counts.aborted++;
        else counts.refused++;
      }
      await client.query("ROLLBACK");
      for (let i = 0; i < 3; i++)
        expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
      expect([run, name, listenersOf(borrowed)]).toEqual([run, name, listeners]);
    }
    await expect.poll(() => othersIn(client), { timeout: 10_000 }).toBe(0);
    expect(pool.totalCount).toBe(0);
    await client.end();
    await pool.end();
    await stray.stop();
    expect(stray.errors).toEqual([]);
    expect(counts.aborted).toBeGreaterThan(aborts.runs / 5);
    aborts.print({ ...counts, uncaught: stray.errors.length });
  },
);
