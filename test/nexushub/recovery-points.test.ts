/**
 * Backups ten minutes apart, by a simulated clock, while a program writes: every point restores to what the database then
 * held, whatever retention removed before. NEXUSHUB_DUMP_RECOVERY_POINTS=144 takes a day of them.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EmbeddedServer } from "../../src/embedded/index.ts";
import { backup } from "../../src/nexushub/backup/backup.ts";
import { readLedger } from "../../src/nexushub/backup-folder/ledger.ts";
import { listBackups } from "../../src/nexushub/backup-folder/list-backups.ts";
import { withoutBase } from "../../src/nexushub/retention/bases.ts";
import { candidateOf } from "../../src/nexushub/retention/candidates-in-folder.ts";
import { restore } from "../../src/restore/restore.ts";
import { startEmbedded } from "../../src/testing/start-embedded.ts";
import { verify } from "../../src/verify/verify.ts";
import { startCli } from "../support/cli.ts";

const POINTS = Number(process.env["NEXUSHUB_DUMP_RECOVERY_POINTS"] ?? 7);
/** Minutes of the simulated clock between full backups: so that there are several. */
const FULL_EVERY_MINUTES = Math.min(240, POINTS * 4);
const MINUTE = 60_000;
/** Some 10 MB: three units. Only the newest rows change, as in a log. */
const ROWS = 30_000;
const recent = (number: number): number => ROWS - (number % 3000);

let server: EmbeddedServer;
let folder: string;
let writer: Writer;

beforeAll(async () => {
  server = await startEmbedded({
    major: Number(process.env["PGVERSION"] ?? 16),
    settings: { autovacuum: false, synchronous_commit: false },
  });
  folder = await mkdtemp(join(tmpdir(), "nexushub-recovery-points-"));
  await query(server.url, "CREATE DATABASE live TEMPLATE template0");
  await query(server.url, "CREATE DATABASE restored TEMPLATE template0");
  writer = new Writer(server.urlOf("live"));
  await writer.begin();
});
afterAll(async () => {
  await writer?.end();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The number of the last transaction, and a digest of all rows. */
const DIGEST = `SELECT (SELECT n FROM tick) AS n, md5(
    (SELECT string_agg(l::text, ',' ORDER BY id) FROM log l) ||
    (SELECT string_agg(a::text, ',' ORDER BY id) FROM account a)) AS digest`;

/** Writes one transaction after the other, and remembers what the database held after each. */
class Writer {
  readonly digests = new Map<number, string>();
  readonly #client: pg.Client;
  #isEnding = false;
  #done: Promise<void> = Promise.resolve();

  constructor(url: string) {
    this.#client = new pg.Client(url);
  }

  async begin(): Promise<void> {
    await this.#client.connect();
    await this.#client.query(`
      CREATE TABLE log (id int PRIMARY KEY, note text);
      CREATE TABLE account (id int PRIMARY KEY, balance int);
      CREATE TABLE tick AS SELECT 0 AS n;
      INSERT INTO log SELECT i, 'entry ' || i || repeat('-', 270) FROM generate_series(1, ${ROWS}) i;
      INSERT INTO account SELECT i, 100 FROM generate_series(1, 500) i`);
    await this.#client.query("ANALYZE");
    await this.#remember();
    this.#done = this.#write();
  }

  async #remember(): Promise<void> {
    const { rows } = await this.#client.query<{ n: number; digest: string }>(DIGEST);
    this.digests.set(rows[0]!.n, rows[0]!.digest);
  }

  async #write(): Promise<void> {
    for (let i = 1; !this.#isEnding; i++) {
      await this.#client.query(`
        BEGIN;
        INSERT INTO log SELECT max(id) + 1, 'written ${i}' FROM log;
        ${i % 7 === 0 ? `UPDATE log SET note = 'changed ${i}' WHERE id = ${recent(i * 997)};` : ""}
        ${i % 11 === 0 ? `DELETE FROM log WHERE id = ${recent(i * 613)};` : ""}
        UPDATE account SET balance = balance - 1 WHERE id = ${1 + (i % 500)};
        UPDATE account SET balance = balance + 1 WHERE id = ${1 + ((i * 31) % 500)};
        UPDATE tick SET n = ${i};
        COMMIT`);
      await this.#remember();
      if (i % 50 === 0) await this.#client.query("VACUUM");
      await sleep(5);
    }
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#done;
    await this.#client.end();
  }
}

async function expectPoint(path: string): Promise<void> {
  const target = server.urlOf("restored");
  await restore(path, target, { force: true, analyze: false });
  const [row] = await query<{ n: number; digest: string }>(target, DIGEST);
  expect(row!.digest, `${basename(path)}, transaction ${row!.n}`).toBe(writer.digests.get(row!.n));
}

/** Differential backups in the folder whose base is not there. */
async function broken(): Promise<string[]> {
  const { ledger } = await readLedger(folder);
  return withoutBase((await listBackups(folder, ledger)).map((file) => candidateOf(file)));
}

test(`${POINTS} points`, { timeout: 120_000 + POINTS * 20_000 }, async () => {
  const counts = { full: 0, differential: 0, removed: 0, fullBytes: 0, differentialBytes: 0 };
  for (let point = 0; point < POINTS; point++) {
    const result = await backup({
      databaseUrl: server.urlOf("live"),
      folder,
      env: {},
      differential: true,
      fullEveryMs: FULL_EVERY_MINUTES * MINUTE,
      retention: { keep: 2, keepHourly: 2 },
      now: () => new Date(Date.UTC(2026, 10, 24) + point * 10 * MINUTE),
    });
    const kind = result.base === null ? "full" : "differential";
    counts[kind]++;
    counts[`${kind}Bytes`] += result.archiveBytes;
    counts.removed += result.removed.length;
    await expectPoint(result.path);
    expect(await broken()).toEqual([]);
  }
  const { ledger } = await readLedger(folder);
  const left = await listBackups(folder, ledger);
  for (const { path } of POINTS > 12 ? left : left.slice(-1)) await expectPoint(path);
  if (POINTS > 12) process.stdout.write(`recovery points: ${JSON.stringify(counts)}\n`);
  expect(counts.full).toBeGreaterThan(1);
  expect(counts.differential).toBeGreaterThan(counts.full);
  expect(counts.removed).toBeGreaterThan(0);
});

const KILLS = Math.max(3, Math.floor(POINTS / 3));

test(`${KILLS} backups are killed`, { timeout: 60_000 + KILLS * 20_000 }, async () => {
  // The real clock is ahead of the simulated one, or behind: a folder of its own.
  const killed = await mkdtemp(join(folder, "killed-"));
  const args = ["backup", killed, "-d", server.urlOf("live"), "--differential", "--keep", "3"];
  const run = () => startCli([...args, "--quiet"]);
  const started = performance.now();
  expect(await run().finished).toMatchObject({ code: 0 });
  const lasts = performance.now() - started;
  for (let kill = 0; kill < KILLS; kill++) {
    const { process: child, finished } = run();
    await sleep((lasts * (kill + 1)) / (KILLS + 1));
    child.kill("SIGKILL");
    await finished;
    for (const name of await readdir(killed)) {
      if (name.startsWith("nexushub-")) await verify(join(killed, name));
    }
  }
  expect(await run().finished).toMatchObject({ code: 0 });
  const names = await readdir(killed);
  expect(names.filter((name) => name.endsWith(".partial"))).toEqual([]);
  for (const name of names.filter((each) => each.startsWith("nexushub-")))
    await expectPoint(join(killed, name));
});
