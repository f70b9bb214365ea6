/**
 * A restore beside its target is killed at any moment, or its server processes are: the live database answers as before or
 * as after, and the next run leaves nothing behind.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { Client, Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { withDatabaseName } from "../../src/sql/conninfo/format.ts";
import { restore } from "../../src/swap/restore.ts";
import { undoSwap } from "../../src/swap/undo.ts";
import { createCluster } from "../support/cluster.ts";
import { runCli, startCli } from "../support/cli.ts";
import { statementProxy } from "../support/statement-proxy.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { dropBeside, type LiveDatabase, namesBeside } from "../swap/databases.ts";
import { campaign } from "./campaign.ts";

const ROWS = 20_000;
const folder = temporaryFolder();
const archive = join(folder.path, "archive.tar.gz");

beforeAll(async () => {
  await withDatabase(
    async (source) => {
      await source.query(`
        CREATE TABLE t (n int PRIMARY KEY, words text[], text text);
        INSERT INTO t SELECT n, string_to_array(repeat(md5(n::text) || ' ', 5), ' '), 'text ' || n FROM generate_series(1, ${ROWS}) n;
        CREATE INDEX ON t USING gin (words); CREATE INDEX ON t (text);
        CREATE TABLE u (n int REFERENCES t); INSERT INTO u SELECT n FROM t`);
      await dump(source.url, archive, { partBytes: 200_000 });
    },
    { major: 13 },
  );
});
afterAll(() => folder.remove());

/** The number of rows of the live database; waits while the server process of a killed run still holds it. */
async function answer(url: string): Promise<number> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const client = new Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ n: number }>("SELECT count(*)::int AS n FROM t");
      return rows[0]!.n;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function liveDatabase(
  body: (target: TestDatabase) => Promise<void>,
  major: number,
): Promise<void> {
  await withDatabase(
    async (target) => {
      await target.query("CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
      try {
        await body(target);
      } finally {
        await dropBeside(target);
      }
    },
    { major },
  );
}

/** After a kill: the database holds all of one or of the other, and the next run leaves what it should. */
async function requireRecovery(
  target: LiveDatabase & Pick<TestDatabase, "url">,
  rows: number,
): Promise<void> {
  expect([1, ROWS]).toContain(rows);
  const { swap } = await restore(archive, target.url, { swap: { keepOld: 3_600_000 } });
  expect(await answer(target.url)).toBe(ROWS);
  // What the killed run had kept when it was done, and what this one keeps.
  const kept = (await namesBeside(target)).filter((name) => name.includes("_old_"));
  expect(kept).toContain(swap!.kept);
  expect(kept).toHaveLength(rows === 1 ? 1 : 2);
  expect(await namesBeside(target)).toEqual(kept);
  await undoSwap(target.url);
  expect(await answer(target.url)).toBe(rows);
}

const ours = campaign("swap, killed", { gate: 3, full: 100, msPerRun: 30_000 });
test(
  "kill -9 of the process",
  async () => {
    const counts = { before: 0, after: 0, left: 0 };
    // How long a run takes here and now, so that kills fall into all of it.
    let wholeMs = 0;
    for (let run = 0; run < ours.runs; run++) {
      const random = ours.random(run);
      await liveDatabase(
        async (target) => {
          const args = [
            "restore",
            archive,
            "-d",
            target.url,
            "--swap",
            "--jobs",
            "2",
            "--yes",
            "--json",
          ];
          if (wholeMs === 0) {
            const started = performance.now();
            expect((await runCli([...args, "--keep-old", "0"])).code).toBe(0);
            wholeMs = performance.now() - started;
            await target.query("DROP TABLE u, t; CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
          }
          const { process: child, finished } = startCli(args);
          // The first half of the time is Node's start; every second kill comes near the end.
          const share =
            run % 2 === 0
              ? 0.4 + (random.below(1000) / 1000) * 0.6
              : 0.8 + (random.below(1000) / 1000) * 0.2;
          await sleep(wholeMs * share);
          child.kill("SIGKILL");
          await finished;
          const rows = await answer(target.url);
          counts[rows === 1 ? "before" : "after"]++;
          counts.left += (await namesBeside(target)).length;
          await requireRecovery(target, rows);
        },
        [13, 15, 18][run % 3]!,
      );
    }
    ours.print(counts);
  },
  ours.timeoutMs,
);

/** The first statement of the exchange, and those that follow it in its transaction. */
const FIRST = /^BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout/;
const OTHERS = /^(ALTER DATABASE|ALTER ROLE|COMMENT ON DATABASE|GRANT|REVOKE|COMMIT)/;

/**
 * Restores beside the target, and kills the process when it sends the n-th statement of the exchange.
 * @param reaches whether the server still gets that statement.
 * @returns the statements that were sent.
 */
async function killedInExchange(
  { url }: TestDatabase,
  n: number,
  reaches: boolean,
): Promise<string[]> {
  const sent: string[] = [];
  const proxy = await statementProxy(url, async (sql) => {
    if (!FIRST.test(sql) && (sent.length === 0 || !OTHERS.test(sql))) return;
    sent.push(sql);
    if (sent.length !== n) return;
    if (reaches) setImmediate(() => child.kill("SIGKILL"));
    else {
      child.kill("SIGKILL");
      await finished;
    }
  });
  const args = ["restore", archive, "-d", proxy.url, "--swap", "--jobs", "2", "--yes"];
  const { process: child, finished } = startCli(args);
  try {
    const { signal, stderr } = await finished;
    expect({ signal, stderr }).toMatchObject({ signal: "SIGKILL" });
  } finally {
    proxy.close();
  }
  return sent;
}

/** BEGIN, two renames, two comments and COMMIT: the databases of this test have nothing else that moves. */
const STATEMENTS = 6;
const inside = campaign("swap, killed in the exchange", { gate: 4, full: 60, msPerRun: 20_000 });
test(
  "kill -9 at every statement of the exchange",
  async () => {
    const counts = { before: 0, after: 0 };
    for (let run = 0; run < inside.runs; run++) {
      // The last ones first: the gate takes only these.
      const n = STATEMENTS - (Math.floor(run / 2) % STATEMENTS);
      const reaches = run % 2 === 0;
      await liveDatabase(
        async (target) => {
          const sent = await killedInExchange(target, n, reaches);
          const rows = await answer(target.url);
          counts[rows === 1 ? "before" : "after"]++;
          if (sent.at(-1) !== "COMMIT" || !reaches) expect(rows).toBe(1);
          if (n === STATEMENTS) expect(sent.at(-1)).toBe("COMMIT");
          await requireRecovery(target, rows);
        },
        [15, 13, 18][run % 3]!,
      );
    }
    inside.print(counts);
  },
  inside.timeoutMs,
);

const backends = campaign("swap, server processes ended", { gate: 3, full: 50, msPerRun: 20_000 });
test(
  "the server processes of its connections end",
  async () => {
    const counts = { failed: 0, done: 0 };
    for (let run = 0; run < backends.runs; run++) {
      const random = backends.random(run);
      await liveDatabase(
        async (target) => {
          let ended: Promise<unknown> | undefined;
          const onlyMaintenance = run % 3 === 2;
          const end = async (): Promise<void> => {
            await sleep(random.below(300));
            await target.server.admin(
              `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nexushub-dump'
             AND (datname LIKE $1 OR $2 AND datname = 'postgres' AND EXISTS (
               SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.objid WHERE l.pid = pg_stat_activity.pid AND d.datname = $3))`,
              [`${target.name}_new_%`, onlyMaintenance, target.name],
            );
          };
          const outcome = await restore(archive, target.url, {
            swap: { jobs: 2, keepOld: 0 },
            onProgress: (event) => {
              if (event.type === "phase" && event.phase === (run % 2 === 0 ? "data" : "post-data"))
                ended ??= end();
            },
          }).then(
            () => "done" as const,
            () => "failed" as const,
          );
          await ended;
          counts[outcome]++;
          expect(await answer(target.url)).toBe(outcome === "done" ? ROWS : 1);
          await restore(archive, target.url, { swap: { keepOld: 0 } });
          expect(await answer(target.url)).toBe(ROWS);
          expect(await namesBeside(target)).toEqual([]);
        },
        [15, 13, 18][run % 3]!,
      );
    }
    backends.print(counts);
  },
  backends.timeoutMs,
);

const crashes = campaign("swap, server crashed", { gate: 2, full: 50, msPerRun: 30_000 });
test(
  "the server crashes",
  async () => {
    const counts = { before: 0, after: 0, left: 0 };
    const cluster = createCluster(15);
    const url = withDatabaseName(cluster.url, "shop");
    // Of the connections that wait in it, none survives.
    const kept = new Pool({ connectionString: cluster.url, idleTimeoutMillis: 1 });
    kept.on("error", () => undefined);
    const target = { url, name: "shop", server: { kept } };
    try {
      for (let run = 0; run < crashes.runs; run++) {
        const random = crashes.random(run);
        await cluster.query("CREATE DATABASE shop");
        await inDatabase(url, "CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
        let crashed: Promise<void> | undefined;
        // The exchange is short: every second crash comes in it or soon after.
        const atExchange = run % 2 === 0;
        await restore(archive, url, {
          swap: { jobs: 2 },
          onProgress: ({ type }) => {
            if (type !== (atExchange ? "swap" : "disk")) return;
            crashed ??= sleep(random.below(atExchange ? 60 : 900)).then(() => {
              cluster.stop("immediate");
              cluster.start();
            });
          },
        }).catch(() => undefined);
        await crashed;
        const rows = await answer(url);
        counts[rows === 1 ? "before" : "after"]++;
        counts.left += (await namesBeside(target)).length;
        await requireRecovery(target, rows);
        for (const name of ["shop", ...(await namesBeside(target))])
          await cluster.query(`DROP DATABASE ${name} WITH (FORCE)`);
      }
    } finally {
      await kept.end();
      cluster.remove();
    }
    crashes.print(counts);
  },
  crashes.timeoutMs,
);

async function inDatabase(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
