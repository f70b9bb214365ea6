/**
 * Random histories: after each step, an archive made with reuse has the rows of one made without, part by part, and so have a
 * differential one with its base, and what merge makes of them.
 * NEXUSHUB_DUMP_REUSE_STEPS=1000 runs that many steps, NEXUSHUB_DUMP_REUSE_SEED begins with another history, PGVERSION
 * takes another server.
 */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { verifyEntries } from "../../src/archive/verify-entries.ts";
import type { EmbeddedServer } from "../../src/embedded/index.ts";
import { merge } from "../../src/merge/merge.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { connect } from "../../src/pg/connect.ts";
import { startEmbedded } from "../../src/testing/start-embedded.ts";
import { MemoryStore } from "../support/archives.ts";
import {
  expectRowsOfTables,
  expectSameWithReuse,
  take,
  type TakenDump,
  together,
} from "../support/reuse.ts";
import { History, HISTORY_SCHEMA, historyTable, randomOf } from "../support/reuse-history.ts";

const STEPS = Number(process.env["NEXUSHUB_DUMP_REUSE_STEPS"] ?? 200);
const SEED = Number(process.env["NEXUSHUB_DUMP_REUSE_SEED"] ?? 1);
/** Steps after which the next database begins. */
const HISTORY_STEPS = 100;
/** Steps between two comparisons. */
const BETWEEN = 4;
const TABLES = ["t0", "t1", "t2", "t3"];

let server: EmbeddedServer;
beforeAll(async () => {
  const settings = {
    autovacuum: false,
    max_prepared_transactions: 5,
    synchronous_commit: false,
    lock_timeout: "50ms",
  };
  server = await startEmbedded({ major: Number(process.env["PGVERSION"] ?? 16), settings });
});
afterAll(async () => server?.stop());

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** Changes rows of all tables until it is stopped. */
async function write(url: string, signal: AbortSignal): Promise<void> {
  const client = await connected(url);
  for (let i = 0; !signal.aborted; i++) {
    const sql = `UPDATE ${TABLES[i % TABLES.length]} SET note = 'written ${i}' WHERE id % 37 = ${i % 37}`;
    await client.query(sql).catch(() => undefined);
    await sleep(1);
  }
  await client.end();
}

/** A dump of which later ones reuse parts, while others write. */
async function takeWhileWriting(url: string, reuse: TakenDump): Promise<TakenDump> {
  const stop = new AbortController();
  const writers = [write(url, stop.signal), write(url, stop.signal)];
  try {
    return await take(url, { dataOnly: true, reuse: reuse.store });
  } finally {
    stop.abort();
    await Promise.all(writers);
  }
}

/** A differential archive, merged: it must have the parts that the differential one has, from either archive. */
async function differentialAndMerged(
  url: string,
  base: TakenDump,
  options: DumpOptions,
): Promise<TakenDump> {
  const differential = await take(url, { ...options, base: base.store });
  if (differential.manifest.base === null) return differential;
  const both = together(differential, base);
  const store = new MemoryStore();
  await merge(both, store);
  const reader = await openArchive(store);
  expect(partsOf(reader.manifest)).toEqual(partsOf(differential.manifest));
  expect(await verifyEntries(reader)).toMatchObject({ damaged: [] });
  return { store, manifest: reader.manifest, result: differential.result };
}

const partsOf = ({ relations }: Manifest) =>
  relations.map(({ number, name, units, parts }) => ({
    number,
    name,
    units,
    parts: parts.map(({ rows, bytes, sha256 }) => ({ rows, bytes, sha256 })),
  }));

interface Tally {
  steps: number;
  comparisons: number;
  reusedRows: number;
  readRows: number;
  /** Of the differential archives, rows that they left in their bases. */
  baseRows: number;
  readonly readWhole: Map<string, number>;
}

async function runHistory(seed: number, steps: number, tally: Tally): Promise<void> {
  const name = `history_${seed}`;
  const admin = await connected(server.url);
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = server.urlOf(name);
  const client = await connected(url);
  const open = await Promise.all([connected(url), connected(url)]);
  await client.query(HISTORY_SCHEMA);
  for (const table of TABLES) await client.query(historyTable(table));
  const random = randomOf(seed + 1_000_000);
  const history = new History(seed, TABLES, client, open);
  let earlier = await take(url, { dataOnly: true });
  let base = earlier;
  const { connection } = await connect(url);
  try {
    for (let step = 0; step < steps; step++) {
      await history.step();
      tally.steps++;
      if (step % BETWEEN !== BETWEEN - 1) continue;
      const options = { jobs: 1 + random(2), dataOnly: true };
      const isThorough = random(8) === 0;
      const reused = isThorough
        ? await expectSameWithReuse(url, earlier, options)
        : await take(url, { ...options, reuse: earlier.store });
      await expectRowsOfTables(connection, reused);
      record(tally, reused);
      const merged = random(2) === 0 ? null : await differentialAndMerged(url, base, options);
      if (merged !== null) {
        await expectRowsOfTables(connection, merged);
        record(tally, merged, "baseRows");
      }
      // Sometimes an older archive is kept, sometimes the next one is made while others write.
      const next = random(5);
      if (next === 0) earlier = await takeWhileWriting(url, reused);
      else if (next === 1) earlier = merged ?? reused;
      else if (next < 4) earlier = reused;
      if (random(2) === 0) base = earlier;
    }
  } catch (error) {
    throw new Error(`seed ${seed}: ${history.log.join(";\n")}`, { cause: error });
  } finally {
    await connection.close();
    await history.end();
    await Promise.all([client, ...open].map((each) => each.end()));
    await admin.query(`DROP DATABASE ${name}`);
    await admin.end();
  }
}

function record(
  tally: Tally,
  { result }: TakenDump,
  reused: "reusedRows" | "baseRows" = "reusedRows",
): void {
  tally.comparisons++;
  tally[reused] += result.reuse?.reusedRows ?? 0;
  tally.readRows += result.reuse?.readRows ?? 0;
  for (const { readWhole } of result.relations) {
    const reason = readWhole ?? "compared";
    tally.readWhole.set(reason, (tally.readWhole.get(reason) ?? 0) + 1);
  }
}

function text({ readWhole, ...counts }: Tally): string {
  return JSON.stringify({ ...counts, ...Object.fromEntries(readWhole) });
}

test(`${STEPS} steps`, { timeout: 60_000 + STEPS * 2000 }, async () => {
  const tally: Tally = {
    steps: 0,
    comparisons: 0,
    reusedRows: 0,
    readRows: 0,
    baseRows: 0,
    readWhole: new Map(),
  };
  for (let done = 0, seed = SEED; done < STEPS; done += HISTORY_STEPS, seed++) {
    await runHistory(seed, Math.min(HISTORY_STEPS, STEPS - done), tally);
    if (STEPS > 200) process.stdout.write(`${seed} ${text(tally)}\n`);
  }
  // Otherwise the comparisons compare nothing.
  expect(tally.reusedRows).toBeGreaterThan(tally.comparisons * 30);
  expect(tally.baseRows).toBeGreaterThan(tally.comparisons * 15);
  expect(tally.readRows).toBeGreaterThan(0);
  const reasons = [...tally.readWhole.keys()];
  expect(reasons).toContain("compared");
  expect(reasons).toContain("rewritten");
  expect(reasons).toContain("definition-changed");
});
