/**
 * Whatever a server sends, and however long it says nothing: every command ends, in an error of ours, within the time that
 * was asked for, and no archive is left that is not whole.
 */
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import { isNexushubDumpError } from "../../src/errors.ts";
import { doctor } from "../../src/nexushub/doctor/doctor.ts";
import { restore } from "../../src/restore/restore.ts";
import { parseConnectionString } from "../../src/sql/conninfo/parse.ts";
import { verify } from "../../src/verify/verify.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import type { Address } from "../support/proxies.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { campaign } from "./campaign.ts";
import { type Act, FLOODS, SILENT, WRONG } from "./hostile-acts.ts";
import { hostileServer, type Moment, MOMENTS } from "./hostile-server.ts";
import { StrayErrors } from "./stray-errors.ts";

/** What is asked for: `connect_timeout` in the connection string, and the caller's signal. */
const CONNECT_SECONDS = 2;
const SIGNAL_MS = 3_000;
/** After the signal: cancel the statement, roll back, close, each of which waits for 5 s at most. */
const GRACE_MS = 16_000;
const AT_ONCE = 8;

/** `borrowed` is a restore on a client of the caller's. */
const COMMANDS = ["dump", "restore", "borrowed", "diff", "doctor"] as const;
type Command = (typeof COMMANDS)[number];

interface Case {
  readonly command: Command;
  readonly moment: Moment;
  readonly act: Act;
}

/** Moments after which a command has everything that it needs. */
const LATE: readonly Moment[] = ["rollback", "close"];

type Outcome = "error" | "late" | "not met";

let source: TestDatabase;
let archive: MemoryStore;
const targets: TestDatabase[] = [];
const folder = temporaryFolder();

beforeAll(async () => {
  source = await freshDatabase();
  await source.query(
    `CREATE TABLE a AS SELECT i, md5(i::text) AS t FROM generate_series(1, 5000) i;
     CREATE TABLE b (id int PRIMARY KEY, t text); INSERT INTO b SELECT i, 'x' FROM generate_series(1, 100) i;
     CREATE VIEW v AS SELECT i FROM a JOIN b ON a.i = b.id; CREATE SEQUENCE s; SELECT lo_from_bytea(0, 'large')`,
  );
  archive = new MemoryStore();
  await dump(source.url, archive);
  for (let i = 0; i < AT_ONCE; i++) targets.push(await freshDatabase());
});

afterAll(async () => {
  folder.remove();
  for (const database of [source, ...targets]) await database.drop();
});

function addressOf(database: TestDatabase, port: number, moment: Moment): string {
  const { user = "", password = "", dbname = "" } = parseConnectionString(database.url);
  const tls = moment === "tls" ? "require" : "disable";
  return `host=127.0.0.1 port=${port} user=${user} password='${password}' dbname=${dbname} sslmode=${tls} connect_timeout=${CONNECT_SECONDS}`;
}

function realServer({ url }: TestDatabase): Address {
  const { host = "localhost", port = "5432" } = parseConnectionString(url);
  return { host, port: Number(port) };
}

async function runCommand(command: Command, url: string): Promise<void> {
  const options = { signal: AbortSignal.timeout(SIGNAL_MS) };
  if (command === "dump") {
    const store = new MemoryStore();
    await dump(url, store, { ...options, jobs: 2 }).catch((error: unknown) => {
      expect(store.committed).toBe(false);
      throw error;
    });
    await verify(store);
  } else if (command === "restore") {
    await restore(archive, url, { ...options, force: true });
  } else if (command === "borrowed") {
    await restoreBorrowed(url, options);
  } else if (command === "diff") {
    expect((await diff(archive, url, options)).equal).toBe(true);
  } else {
    const { ok, checks } = await doctor({
      ...options,
      databaseUrl: url,
      folder: folder.path,
      env: {},
    });
    if (!ok) throw Object.assign(new Error(JSON.stringify(checks)), { isReport: true });
  }
}

/** While the client is lent, errors of its connection must not reach the process, although its owner listens to none. */
async function restoreBorrowed(url: string, options: { signal: AbortSignal }): Promise<void> {
  const { host, port, user, password, dbname } = parseConnectionString(url);
  const client = new pg.Client({ host, port: Number(port), user, password, database: dbname });
  await client.connect();
  await client.query("BEGIN");
  try {
    await restore(archive, client, { ...options, force: true });
    await client.query("ROLLBACK");
  } finally {
    const left = client.listenerCount("notice");
    client.on("error", () => undefined);
    (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
    expect(left).toBe(0);
  }
}

/** Runs a command on a hostile server. @throws Error for what must never happen. */
async function meet({ command, moment, act }: Case, slot: number): Promise<Outcome> {
  const isRestore = command === "restore" || command === "borrowed";
  const database = isRestore ? targets[slot]! : source;
  const server = await hostileServer(realServer(database), { moment, act: act.run });
  const limit = new AbortController();
  try {
    const work = runCommand(command, addressOf(database, server.port, moment)).then(
      () => undefined,
      (error: unknown) => error ?? new Error("nothing was thrown"),
    );
    const tooLate = sleep(SIGNAL_MS + GRACE_MS, "late" as const, { signal: limit.signal });
    tooLate.catch(() => undefined);
    const result = await Promise.race([work, tooLate]);
    if (result === "late") throw new Error("it hangs");
    if (result === undefined) {
      if (server.met() > 0 && !LATE.includes(moment))
        throw new Error("it went on as if all were well");
      return server.met() > 0 ? "late" : "not met";
    }
    const isReport = (result as { isReport?: boolean }).isReport === true;
    if (!isNexushubDumpError(result) && !isReport) throw result;
    return server.met() > 0 ? "error" : "not met";
  } finally {
    limit.abort();
    await server.close();
  }
}

interface Totals {
  cases: number;
  error: number;
  late: number;
  "not met": number;
}

async function meetAll(
  cases: readonly Case[],
  atOnce: number,
): Promise<{ totals: Totals; failures: string[] }> {
  const totals: Totals = { cases: cases.length, error: 0, late: 0, "not met": 0 };
  const failures: string[] = [];
  const waiting = [...cases];
  const worker = async (slot: number): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const name = `${next.command}: when ${MOMENTS[next.moment]}: ${next.act.name}`;
      try {
        totals[await meet(next, slot)]++;
      } catch (error) {
        failures.push(
          `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      }
    }
  };
  await Promise.all(targets.slice(0, atOnce).map((_target, slot) => worker(slot)));
  return { totals, failures };
}

const ALL_MOMENTS = Object.keys(MOMENTS) as Moment[];
/** Which moments a command never meets. */
const NEVER: Readonly<Record<Command, readonly Moment[]>> = {
  dump: ["load"],
  restore: ["rows"],
  borrowed: ["accept", "tls", "login", "first", "begin", "rows", "rollback", "close"],
  diff: ["load"],
  doctor: ["begin", "copy", "rows", "load", "rollback"],
};

/** Every act at `perAct` of the moments, chosen by turns, so that few acts meet all commands and moments. */
function casesOf(acts: readonly Act[], perAct: number): Case[] {
  const all = COMMANDS.flatMap((command) =>
    ALL_MOMENTS.filter((moment) => !NEVER[command].includes(moment)).map((moment) => ({
      command,
      moment,
    })),
  );
  return acts.flatMap((act, i) =>
    Array.from({ length: Math.min(perAct, all.length) }, (_, k) => ({
      act,
      // 7 and the number of pairs have no common divisor.
      ...all[(i * 7 + k) % all.length]!,
    })),
  );
}

describe.each([
  ["wrong messages", WRONG, AT_ONCE],
  ["silence", SILENT, AT_ONCE],
  // The server runs in this process too: several floods would leave no time for anything else.
  ["floods", FLOODS, 1],
] as const)("a hostile server: %s", (name, acts, atOnce) => {
  const lab = campaign(`hostile server: ${name}`, { gate: 1, full: 39, msPerRun: 120_000 });

  test("ends every command in time, in an error of ours", { timeout: lab.timeoutMs }, async () => {
    const stray = new StrayErrors();
    const before = process.memoryUsage.rss();
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 100);
    const { totals, failures } = await meetAll(casesOf(acts, lab.runs), atOnce);
    clearInterval(watch);
    await stray.stop();
    lab.print({
      ...totals,
      failures: failures.length,
      uncaught: stray.errors.length,
      "MiB more": Math.round((peak - before) / 2 ** 20),
    });
    expect(failures).toEqual([]);
    expect(stray.errors).toEqual([]);
  });
});
