/**
 * Each condition of reuse, broken on a real server: the dump reads the rows; and with an earlier archive that hides the
 * difference it would not, so the condition matters.
 */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Manifest, ManifestUnits } from "../../src/archive/format/manifest.ts";
import { connect } from "../../src/pg/connect.ts";
import { type Cluster, createCluster } from "../support/cluster.ts";
import {
  expectRowsOfTables,
  take,
  type TakenDump,
  tableOf,
  withManifest,
} from "../support/reuse.ts";

const MAJOR = Number(process.env["PGVERSION"] ?? 16);
let cluster: Cluster;

beforeAll(() => {
  // The WAL writer must not flush what a test wants to be lost.
  cluster = createCluster(MAJOR, [
    "synchronous_commit = off",
    "wal_writer_delay = 10s",
    "restart_after_crash = on",
    "full_page_writes = off",
    "max_prepared_transactions = 2",
  ]);
});
afterAll(() => cluster?.remove());

const ROWS = 400;
const TABLE = `
  DROP TABLE IF EXISTS t CASCADE;
  CREATE TABLE t (id int PRIMARY KEY, note text) WITH (fillfactor = 60);
  INSERT INTO t SELECT i, 'row ' || i || repeat('-', 100) FROM generate_series(1, ${ROWS}) i`;
beforeEach(async () => {
  await cluster.query(TABLE);
  await cluster.query("VACUUM t");
  await cluster.query("CHECKPOINT");
});

/** Whether the archive has the rows that the tables have now. */
async function isRight(taken: TakenDump): Promise<boolean> {
  const { connection } = await connect(cluster.url);
  try {
    await expectRowsOfTables(connection, taken);
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

interface Expected {
  /** What the result says of the whole, or of table `t`. */
  readonly reason: string;
  /** Makes the earlier archive say what the server says now. */
  readonly hide: Hide;
  /** Hides whatever else differs, so that this condition alone stands between. Default: nothing does. */
  readonly hideOthers?: Hide;
}

type Hide = (manifest: Manifest, now: Manifest) => void;

/** Expects the condition to stop reuse, alone too, and the archive to be wrong without it. */
async function expectCondition(
  earlier: TakenDump,
  { reason, hide, hideOthers }: Expected,
): Promise<void> {
  const now = await take(cluster.url);
  const alone =
    hideOthers === undefined
      ? earlier
      : await withManifest(earlier, (manifest) => hideOthers(manifest, now.manifest));
  for (const { store } of new Set([earlier, alone])) {
    const taken = await take(cluster.url, { reuse: store });
    expect(taken.result.reuse!.refused ?? tableOf(taken, "t").readWhole).toBe(reason);
    expect(await isRight(taken)).toBe(true);
  }
  const forged = await withManifest(alone, (manifest) => hide(manifest, now.manifest));
  const wrong = await take(cluster.url, { reuse: forged.store });
  expect(
    tableOf(wrong, "t").reusedRows,
    "rows that are reused without the condition",
  ).toBeGreaterThan(0);
  expect(await isRight(wrong), "right without the condition").toBe(false);
}

test("another server had the same history, with other values", async () => {
  const settings = ["autovacuum = off"];
  const [other, home] = [createCluster(MAJOR, settings), cluster];
  const fresh = createCluster(MAJOR, settings);
  try {
    for (const each of [other, fresh]) {
      await each.query(TABLE);
      await each.query("VACUUM t");
      await each.query("CHECKPOINT");
    }
    await write("there", other);
    await write("here", fresh);
    await writeMore(fresh);
    const earlier = await take(other.url);
    cluster = fresh;
    await expectCondition(earlier, {
      reason: "other-server",
      hideOthers: sameRun,
      hide: ({ server }, now) => {
        server!.systemIdentifier = now.server!.systemIdentifier;
      },
    });
  } finally {
    cluster = home;
    for (const each of [other, fresh]) each.remove();
  }
});

const unitsOf = (manifest: Manifest): ManifestUnits =>
  manifest.relations.find(({ name }) => name === "t")!.units!;

/** Writes with as many transactions as the other history, so that ids are the same. */
async function write(note: string, to: Cluster = cluster): Promise<void> {
  for (const id of [1, 150, 300]) await to.query(`UPDATE t SET note = '${note}' WHERE id = ${id}`);
}

/** Transactions and WAL that leave those of the other history behind. */
async function writeMore(to: Cluster = cluster): Promise<void> {
  for (let i = 0; i < 30; i++) await to.query("CREATE TABLE later (a int); DROP TABLE later");
}

const sameRun: Hide = (manifest, now) => {
  manifest.server!.startedAt = now.server!.startedAt;
  manifest.server!.statisticsSince = now.server!.statisticsSince;
};

describe("a history that was given up", () => {
  test("a data directory is put back", async () => {
    cluster.stop();
    cluster.save();
    cluster.start();
    await write("first history");
    await cluster.query("INSERT INTO t VALUES (1001, 'first history')");
    const earlier = await take(cluster.url);
    cluster.stop();
    cluster.putBack();
    cluster.start();
    await write("second history");
    await cluster.query("INSERT INTO t VALUES (1001, 'second history')");
    await writeMore();
    await expectCondition(earlier, { reason: "server-restarted", hide: sameRun });
  });

  test("a data directory is put back, and fewer transactions began since", async () => {
    cluster.stop();
    cluster.save();
    cluster.start();
    await write("first history");
    await writeMore();
    const earlier = await take(cluster.url);
    cluster.stop();
    cluster.putBack();
    cluster.start();
    await write("second history");
    const now = await take(cluster.url);
    const sameStart = await withManifest(earlier, (manifest) => sameRun(manifest, now.manifest));
    await expectCondition(sameStart, {
      reason: "server-went-back",
      hide: ({ server }, { server: current }) => {
        server!.snapshot = current!.snapshot;
        server!.walInsertedTo = current!.walInsertedTo;
      },
    });
  });

  test("a standby is promoted, while the primary went on", async () => {
    cluster.stop();
    cluster.save();
    cluster.start();
    await write("on the primary");
    const earlier = await take(cluster.url);
    cluster.stop();
    cluster.putBack();
    cluster.becomeStandby();
    cluster.start();
    await cluster.query("SELECT pg_promote()");
    await write("on the standby");
    await writeMore();
    await expectCondition(earlier, {
      reason: "other-timeline",
      hideOthers: sameRun,
      hide: ({ server }, now) => {
        server!.timeline = now.server!.timeline;
      },
    });
  });

  test("a backend crashes, and a transaction that was not flushed is lost", async () => {
    const earlierStart = await cluster.query<{ at: string }>(
      "SELECT pg_postmaster_start_time()::text AS at",
    );
    const victim = new pg.Client(cluster.url);
    victim.on("error", () => undefined);
    await victim.connect();
    const { rows } = await victim.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    await victim.query("UPDATE t SET note = 'lost' WHERE id = 150");
    const earlier = await take(cluster.url);
    expect(earlier.manifest.server!.walFlushedTo).not.toBe(earlier.manifest.server!.walInsertedTo);
    process.kill(rows[0]!.pid, "SIGKILL");
    await recovered();
    expect(await cluster.query("SELECT pg_postmaster_start_time()::text AS at")).toEqual(
      earlierStart,
    );
    expect(await cluster.query("SELECT FROM t WHERE note = 'lost'")).toEqual([]);
    await cluster.query("UPDATE t SET note = 'second history' WHERE id = 150");
    await writeMore();
    await expectCondition(earlier, {
      reason: "server-crashed",
      hide: (manifest, now) => {
        manifest.server!.statisticsSince = now.server!.statisticsSince;
      },
    });
  });

  async function recovered(): Promise<void> {
    for (let i = 0; i < 300; i++) {
      await sleep(100);
      if (
        await cluster.query("SELECT 1 AS one").then(
          () => true,
          () => false,
        )
      )
        return;
    }
    throw new Error("the server did not recover");
  }
});

describe("a table", () => {
  test("is clustered: the same ctid and xmin are other rows", async () => {
    await cluster.query("UPDATE t SET id = -id");
    await cluster.query("VACUUM FULL t");
    const earlier = await take(cluster.url);
    await cluster.query("CLUSTER t USING t_pkey");
    await expectCondition(earlier, {
      reason: "rewritten",
      hide: (manifest, now) => {
        unitsOf(manifest).filenode = unitsOf(now).filenode;
      },
    });
  });

  const sameText = (manifest: Manifest, now: Manifest): void => {
    unitsOf(manifest).fingerprint = unitsOf(now).fingerprint;
  };
  test.each<[string, string, string]>([
    [
      "has an enum of which a label is renamed",
      "CREATE TYPE mood AS ENUM ('good', 'bad'); ALTER TABLE t ADD COLUMN mood mood DEFAULT 'good'",
      "ALTER TYPE mood RENAME VALUE 'good' TO 'fine'",
    ],
    [
      "has a composite type with an enum in an array",
      "CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TYPE pair AS (a int, moods mood[]); ALTER TABLE t ADD COLUMN pair pair DEFAULT '(1,{good})'",
      "ALTER TYPE mood RENAME VALUE 'good' TO 'fine'",
    ],
    [
      "has the row type of a table that gets a column",
      "CREATE TABLE kind (a int); ALTER TABLE t ADD COLUMN kind kind DEFAULT '(1)'",
      "ALTER TABLE kind ADD COLUMN b int",
    ],
    ["gets a column with a default", "SELECT 1", "ALTER TABLE t ADD COLUMN more int DEFAULT 7"],
    [
      "loses a column",
      "ALTER TABLE t ADD COLUMN more int DEFAULT 7",
      "ALTER TABLE t DROP COLUMN more",
    ],
    [
      "gets another missing value for a column of the same name",
      "ALTER TABLE t ADD COLUMN more int DEFAULT 7",
      "ALTER TABLE t DROP COLUMN more; ALTER TABLE t ADD COLUMN more int DEFAULT 8",
    ],
    [
      "gets another type without a rewrite",
      "ALTER TABLE t ADD COLUMN at timestamp DEFAULT '2026-01-01 12:00'",
      "SET timezone = 'UTC'; ALTER TABLE t ALTER COLUMN at TYPE timestamptz",
    ],
  ])("%s", async (_what, before, change) => {
    await cluster.query(
      `DROP TABLE IF EXISTS kind CASCADE; DROP TYPE IF EXISTS pair; DROP TYPE IF EXISTS mood; ${before}`,
    );
    const earlier = await take(cluster.url);
    await cluster.query(change);
    await expectCondition(earlier, { reason: "definition-changed", hide: sameText });
  });

  test("has an enum whose label was another one only while the earlier dump read", async () => {
    await cluster.query(
      "DROP TYPE IF EXISTS pair; DROP TYPE IF EXISTS mood CASCADE; CREATE TYPE mood AS ENUM ('good'); ALTER TABLE t ADD COLUMN mood mood DEFAULT 'good'",
    );
    let isRenamed = false;
    const earlier = await take(cluster.url, {
      // Rows are read after that: the plan, the fingerprints, then the data.
      onProgress: (event) => {
        if (event.type === "phase" && event.phase === "data" && !isRenamed) isRenamed = true;
      },
      masksFrom: async () => {
        await cluster.query("ALTER TYPE mood RENAME VALUE 'good' TO 'fine'");
        return {};
      },
    });
    expect(isRenamed).toBe(true);
    await cluster.query("ALTER TYPE mood RENAME VALUE 'fine' TO 'good'");
    await expectCondition(earlier, { reason: "definition-changed", hide: sameText });
  });

  test("has regclass: a table that it names is renamed", async () => {
    await cluster.query(
      "ALTER TABLE t ADD COLUMN ref regclass DEFAULT 't'; CREATE TABLE named (a int); INSERT INTO named VALUES (1); UPDATE t SET ref = 'named' WHERE id = 1",
    );
    const earlier = await take(cluster.url);
    expect(unitsOf(earlier.manifest)).toBeNull();
    await cluster.query("ALTER TABLE named RENAME TO renamed");
    const taken = await take(cluster.url, { reuse: earlier.store });
    expect(tableOf(taken, "t").readWhole).toBe("changing-text");
    expect(await isRight(taken)).toBe(true);
    await cluster.query("DROP TABLE renamed");
  });
});

describe("rows of a transaction that had not ended at the earlier snapshot", () => {
  /** The whole table is one unit. */
  const options = { unitBlocks: 1000 };

  test.each<[string, (client: pg.Client) => Promise<void>, (client: pg.Client) => Promise<void>]>([
    [
      "began later",
      async () => undefined,
      async (client) => void (await client.query("INSERT INTO t VALUES (150, 'new row')")),
    ],
    [
      "was running",
      async (client) => void (await client.query("BEGIN; INSERT INTO t VALUES (150, 'new row')")),
      async (client) => void (await client.query("COMMIT")),
    ],
    [
      "was a subtransaction of one that was running",
      async (client) =>
        void (await client.query(
          "BEGIN; CREATE TEMP TABLE x (); SAVEPOINT s; INSERT INTO t VALUES (150, 'new row'); RELEASE s",
        )),
      async (client) => void (await client.query("COMMIT")),
    ],
    [
      "was prepared",
      async (client) =>
        void (await client.query(
          "BEGIN; INSERT INTO t VALUES (150, 'new row'); PREPARE TRANSACTION 'p'",
        )),
      async (client) => void (await client.query("COMMIT PREPARED 'p'")),
    ],
  ])("%s", async (_what, before, after) => {
    // As many rows at both snapshots.
    await cluster.query("DELETE FROM t WHERE id = 150");
    const client = new pg.Client(cluster.url);
    await client.connect();
    try {
      await before(client);
      const earlier = await take(cluster.url, options);
      await after(client);
      await cluster.query("DELETE FROM t WHERE id = 151");
      // What an old row with the ctid and the lower half of the xmin of the new one would have given.
      const now = (await take(cluster.url, options)).manifest;
      const forged = await withManifest(earlier, (manifest) => {
        expect(unitsOf(manifest).units).toMatchObject([{ rows: unitsOf(now).units[0]!.rows }]);
        unitsOf(manifest).units[0]!.identity = unitsOf(now).units[0]!.identity;
      });
      const taken = await take(cluster.url, { reuse: forged.store });
      expect(tableOf(taken, "t")).toMatchObject({ reusedRows: 0, readWhole: null });
      expect(await isRight(taken)).toBe(true);
      // As if all transactions had ended.
      const blind = await withManifest(forged, (manifest) => {
        const next = now.server!.snapshot.split(":")[1]!;
        manifest.server!.snapshot = `${next}:${next}:`;
      });
      expect(await isRight(await take(cluster.url, { reuse: blind.store }))).toBe(false);
    } finally {
      await client.end();
    }
  });
});
