/** ANALYZE after a restore was committed: over two connections, as the restore's role, and never a reason for it to fail. */
import type pg from "pg";
import { beforeAll, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { ProgressEvent } from "../../src/events.ts";
import type { RestoreOptions } from "../../src/restore/options.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { connect, type Connector, openClient } from "../../src/pg/connect.ts";
import { analyzeCommitted } from "../../src/restore/run/analyze-committed.ts";
import type { Warning } from "../../src/warnings.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

const ROWS = 20_000;
/** Two tables that are worth a connection each, of which one is partitioned, and a small one. ANALYZE takes its time. */
const SOURCE = `
  CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
    IF $1 = 1 AND current_query() LIKE '%ANA' || 'LYZE%' THEN PERFORM pg_sleep(0.5); END IF; RETURN $1; END $$;
  CREATE TABLE a (k int, v text); INSERT INTO a SELECT g, repeat('x', 250) FROM generate_series(1, ${ROWS}) g;
  CREATE TABLE p (k int, v text) PARTITION BY RANGE (k);
  CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (${ROWS / 2});
  CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (${ROWS / 2}) TO (1000000);
  INSERT INTO p SELECT g, repeat('y', 250) FROM generate_series(1, ${ROWS}) g;
  CREATE INDEX ON a (slow(k)); CREATE INDEX ON p (slow(k));
  CREATE TABLE small (k int); INSERT INTO small SELECT generate_series(1, 10);`;

/** What SOURCE gives when everything is analyzed. */
const ANALYZED = ["a", "p", "p1", "p2", "small"];

const store = new MemoryStore();

beforeAll(() =>
  withDatabase(async (source) => {
    await source.query(SOURCE);
    await dump(source.url, store);
  }),
);

async function analyzed(database: TestDatabase | pg.Client): Promise<unknown[]> {
  const sql =
    "SELECT DISTINCT relname AS name FROM pg_statistic JOIN pg_class c ON c.oid = starelid WHERE c.oid >= 16384 AND relkind IN ('r', 'p') ORDER BY 1";
  const names = ({ name }: { name: string }): string => name;
  return "url" in database
    ? (await database.query<{ name: string }>(sql)).map(names)
    : (await database.query<{ name: string }>(sql)).rows.map(names);
}

function isAnalyze(event: ProgressEvent): boolean {
  return event.type === "phase" && event.phase === "analyze";
}

/** Restores, and acts when ANALYZE begins. */
function restored(
  target: TestDatabase,
  options: RestoreOptions = {},
  onAnalyze: () => void = () => undefined,
): ReturnType<typeof restore> {
  const onProgress = (event: ProgressEvent): void => {
    if (isAnalyze(event)) onAnalyze();
  };
  return restore(store, target.url, { trusted: true, ...options, onProgress });
}

async function rowsOf(target: TestDatabase): Promise<unknown> {
  const [row] = await target.query(
    "SELECT (SELECT count(*) FROM a)::int AS a, (SELECT count(*) FROM p)::int AS p",
  );
  return row;
}
const ALL_ROWS = { a: ROWS, p: ROWS };

test("all tables are analyzed, partitioned ones as well, when the rows are there for everybody", async () => {
  await withDatabase(async (target) => {
    const client = await openClient(target.url);
    let seen: Promise<unknown> | undefined;
    const { warnings, committed } = await restored(target, {}, () => {
      seen = client.query("SELECT count(*)::int AS rows FROM a").then(({ rows }) => rows);
    });
    expect(await seen).toEqual([{ rows: ROWS }]);
    await client.end();
    expect({ warnings, committed }).toEqual({ warnings: [], committed: true });
    expect(await analyzed(target)).toEqual(ANALYZED);
  });
});

test("in the caller's transaction they are analyzed within it", async () => {
  await withDatabase(async (target) => {
    const client = await openClient(target.url);
    await client.query("BEGIN");
    await restore(store, client, { trusted: true });
    expect(await analyzed(client)).toEqual(ANALYZED);
    await client.query("ROLLBACK");
    await client.end();
    expect(await analyzed(target)).toEqual([]);
  });
});

test("an abort while analyzing leaves a committed restore, and says so", async () => {
  await withDatabase(async (target) => {
    const abort = new AbortController();
    const { warnings, committed } = await restored(target, { signal: abort.signal }, () =>
      abort.abort(),
    );
    expect(committed).toBe(true);
    expect(warnings).toMatchObject([{ code: "not-analyzed", object: null }]);
    expect(warnings[0]!.message).toContain("the restore is committed");
    expect(await rowsOf(target)).toEqual(ALL_ROWS);
  });
});

test("a session that ends while analyzing leaves a committed restore, and says so", async () => {
  await withDatabase(async (target) => {
    const client = await openClient(target.url);
    let ended: Promise<unknown> | undefined;
    const { warnings, committed } = await restored(target, {}, () => {
      ended = client.query(
        "SELECT pg_sleep(0.2), (SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%ANALYZE public%')",
      );
    });
    await ended;
    await client.end();
    expect(committed).toBe(true);
    expect(warnings).toMatchObject([{ code: "not-analyzed", object: null }]);
    expect(await rowsOf(target)).toEqual(ALL_ROWS);
  });
});

test("a table that somebody else holds is waited for as long as for any lock, and named", async () => {
  await withDatabase(async (target) => {
    const client = await openClient(target.url);
    let held: Promise<unknown> | undefined;
    const { warnings, committed } = await restored(target, { lockTimeoutMs: 50 }, () => {
      held = client.query("BEGIN; LOCK TABLE small IN SHARE UPDATE EXCLUSIVE MODE");
    });
    await held;
    await client.query("ROLLBACK");
    await client.end();
    expect(committed).toBe(true);
    expect(warnings).toEqual([
      {
        code: "not-analyzed",
        object: "table public.small",
        message: "table public.small was not analyzed: the server cannot do it (SQLSTATE 55P03)",
      },
    ]);
    expect(await analyzed(target)).toEqual(ANALYZED.filter((name) => name !== "small"));
  });
});

test("a second connection that does not open is not waited for", async () => {
  await withDatabase(async (target) => {
    await restored(target, { analyze: false });
    const { connection, connector } = await connect(target.url);
    const neverOpens: Connector = {
      ...connector,
      connect: (signal) =>
        new Promise((_, reject) => {
          signal!.addEventListener("abort", () => reject(signal!.reason as Error));
        }),
    };
    const targets = ["a", "p", "small"].map((name) => ({ name: `public.${name}`, bytes: 5e6 }));
    const warnings: Warning[] = [];
    await analyzeCommitted(
      connection,
      { targets, settings: [], role: undefined },
      {
        connector: neverOpens,
        signal: undefined,
        onProgress: undefined,
        warn: (each) => warnings.push(each),
      },
    );
    await connection.close();
    expect(warnings).toEqual([]);
    expect(await analyzed(target)).toEqual(ANALYZED);
  });
});
