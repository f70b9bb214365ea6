/** A client that polls through PgBouncer sees the old contents or the new, with a short pause at most. */
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/swap/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { loudly } from "../support/loudly.ts";
import { PGBOUNCER, startPgbouncer } from "../support/pgbouncer.ts";
import { withDatabase } from "../support/postgres.ts";
import { dropBeside } from "./databases.ts";
import { poll } from "./poll.ts";

const why =
  PGBOUNCER === undefined
    ? loudly("swaps behind PgBouncer are not tested: it is not installed (Debian: pgbouncer)")
    : "";
const ROWS = 1000;
const archive = new MemoryStore();
beforeAll(async () => {
  await withDatabase(
    async (source) => {
      await source.query(`CREATE TABLE t AS SELECT n FROM generate_series(1, ${ROWS}) n`);
      await dump(source.url, archive);
    },
    { major: 13 },
  );
});

describe.skipIf(PGBOUNCER === undefined)(`behind PgBouncer ${why}`, () => {
  test.each(["session", "transaction"])("in %s mode", async (mode) => {
    await withDatabase(async (target) => {
      await target.query("CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
      // By default it waits for 15 seconds after a connection that failed, as one does that began during the exchange.
      const settings = [`pool_mode = ${mode}`, "server_login_retry = 0"];
      const pooler = await startPgbouncer(target.url, settings);
      try {
        const polling = poll(pooler.through(target.url));
        await sleep(200);
        await restore(archive, target.url, { swap: { keepOld: 0 } });
        await sleep(300);
        const { answers, longestGapMs } = await polling.stop();
        expect([...new Set(answers)]).toEqual([1, ROWS]);
        // Twice as long on a machine that is busy with other tests.
        expect(longestGapMs).toBeLessThan(2000);
      } finally {
        await pooler.stop();
        await dropBeside(target);
      }
    });
  });
});
