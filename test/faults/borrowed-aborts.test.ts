/**
 * Aborts at random moments, of every function that takes a client or a pool of the caller: the client's next query runs, no
 * listener stays on it, and no session stays on the server.
 */
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as library from "../../src/index.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { campaign } from "./campaign.ts";
import { StrayErrors } from "./stray-errors.ts";

let database: TestDatabase;
let archive: MemoryStore;

beforeAll(async () => {
  database = await freshDatabase();
  await database.query(`
    CREATE TABLE a AS SELECT i, md5(i::text) AS t FROM generate_series(1, 20000) i; CREATE INDEX ON a (i);
    CREATE TABLE b (i int PRIMARY KEY); INSERT INTO b SELECT generate_series(1, 5000)`);
  archive = new MemoryStore();
  await library.dump(database.url, archive);
});
afterAll(() => database.drop());

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

const aborts = campaign("aborts on borrowed clients", { gate: 30, full: 1000, msPerRun: 3000 });

test(
  "an abort leaves the caller's client usable, without listeners and sessions of ours",
  { timeout: aborts.timeoutMs },
  async () => {
    const stray = new StrayErrors();
    const client = new pg.Client(database.url);
    await client.connect();
    const pool = new pg.Pool({ connectionString: database.url });
    const borrowed = { client, pool };
    const before = listenersOf(borrowed);
    const names = Object.keys(CALLS);
    const counts = { aborted: 0, completed: 0 };
    for (let run = 0; run < aborts.runs; run++) {
      const random = aborts.random(run);
      const name = names[run % names.length]!;
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), random.between(0, 1000));
      const error: unknown = await CALLS[name]!(borrowed, controller.signal).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      clearTimeout(timer);
      if (error === null) counts.completed++;
      else {
        expect([run, name, error]).toMatchObject([run, name, { code: "ABORTED" }]);
        counts.aborted++;
      }
      await client.query("ROLLBACK");
      for (let i = 0; i < 3; i++)
        expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
      expect([run, name, listenersOf(borrowed)]).toEqual([run, name, before]);
    }
    await expect.poll(() => othersIn(client), { timeout: 10_000 }).toBe(0);
    expect(pool.totalCount).toBe(0);
    await client.end();
    await pool.end();
    await stray.stop();
    expect(stray.errors).toEqual([]);
    expect(counts.aborted).toBeGreaterThan(aborts.runs / 4);
    aborts.print({ ...counts, uncaught: stray.errors.length });
  },
);
