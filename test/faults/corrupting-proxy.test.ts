/**
 * Dumps and restores over a connection that damages its bytes in one place. None may end in an error that nobody caught or
 * hang. Without TLS a changed byte of a row is a valid row: what then verifies and differs is counted, and `verify
 * --against` has to find all of it. With TLS nothing may be accepted.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import { isNexushubDumpError } from "../../src/errors.ts";
import { restore } from "../../src/restore/restore.ts";
import { parseConnectionString } from "../../src/sql/conninfo/parse.ts";
import { verify } from "../../src/verify/verify.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { type Address, forward, type Proxy } from "../support/proxies.ts";
import { campaign } from "./campaign.ts";
import { corruptingProxy, type Damage, DAMAGES, type Traffic } from "./corrupting-proxy.ts";
import { StrayErrors } from "./stray-errors.ts";

const CONNECT_SECONDS = 3;
const SIGNAL_MS = 5_000;
/** After the signal: cancel the statement, roll back, close. */
const GRACE_MS = 20_000;
const AT_ONCE = 6;

let source: TestDatabase;
let archive: MemoryStore;
let tlsServer: Proxy;
const targets: TestDatabase[] = [];

beforeAll(async () => {
  source = await freshDatabase();
  await source.query(
    `CREATE TYPE mood AS ENUM ('sad', 'happy');
     CREATE TABLE a (i int PRIMARY KEY, t text NOT NULL, m mood, j jsonb);
     INSERT INTO a SELECT i, md5(i::text) || E'\\n\\t\\\\', 'happy', jsonb_build_object('i', i) FROM generate_series(1, 3000) i;
     CREATE TABLE b (id bigserial PRIMARY KEY, a_id int REFERENCES a, at timestamptz DEFAULT now());
     INSERT INTO b (a_id) SELECT i FROM generate_series(1, 1000) i; CREATE INDEX ON b (a_id);
     CREATE VIEW v AS SELECT a.i, b.at FROM a JOIN b ON a.i = b.a_id;
     CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql AS 'SELECT x + 1';
     COMMENT ON TABLE a IS 'a comment'; SELECT lo_from_bytea(0, 'a large object')`,
  );
  archive = new MemoryStore();
  await dump(source.url, archive, { jobs: 1 });
  tlsServer = await forward(addressOf(source), true);
  for (let i = 0; i < AT_ONCE; i++) targets.push(await freshDatabase());
});

afterAll(async () => {
  tlsServer.close();
  for (const database of [source, ...targets]) await database.drop();
});

function addressOf({ url }: TestDatabase): Address {
  const { host = "localhost", port = "5432" } = parseConnectionString(url);
  return { host, port: Number(port) };
}

type Command = "dump" | "restore";

interface Case {
  readonly command: Command;
  readonly isTls: boolean;
  /** To the database that is dumped or restored into. */
  readonly database: TestDatabase;
}

function connectionString({ database, isTls }: Case, port: number): string {
  const { user = "", password = "", dbname = "" } = parseConnectionString(database.url);
  const sslmode = isTls ? "require" : "disable";
  return `host=127.0.0.1 port=${port} user=${user} password='${password}' dbname=${dbname} sslmode=${sslmode} connect_timeout=${CONNECT_SECONDS}`;
}

interface Result {
  readonly traffic: readonly Traffic[];
  readonly damaged: boolean;
  /** Undefined where the command was content. */
  readonly error: unknown;
  /** What a dump wrote. */
  readonly store: MemoryStore;
}

async function run(example: Case, damage: Damage | undefined): Promise<Result> {
  const real = example.isTls
    ? { host: "127.0.0.1", port: tlsServer.port }
    : addressOf(example.database);
  const proxy = await corruptingProxy(real, damage);
  const url = connectionString(example, proxy.port);
  const store = new MemoryStore();
  const options = { signal: AbortSignal.timeout(SIGNAL_MS) };
  const limit = new AbortController();
  try {
    const work: Promise<unknown> =
      example.command === "dump"
        ? dump(url, store, { ...options, jobs: 1 })
        : restore(archive, url, { ...options, force: true });
    const error = await Promise.race([
      work.then(
        () => undefined,
        (thrown: unknown) => thrown ?? new Error("nothing was thrown"),
      ),
      sleep(SIGNAL_MS + GRACE_MS, new Error("it hangs"), { signal: limit.signal }),
    ]);
    return { traffic: proxy.traffic, damaged: proxy.damaged(), error, store };
  } finally {
    limit.abort();
    await proxy.close();
  }
}

const TOTALS = {
  "not damaged": 0,
  errors: 0,
  "refused by verify": 0,
  "the same after all": 0,
  "differ unnoticed": 0,
};

/** Runs once with damage and says what became of it. @throws Error for what must never happen. */
async function attempt(example: Case, damage: Damage): Promise<keyof typeof TOTALS> {
  const { error, damaged, store } = await run(example, damage);
  if (error !== undefined) {
    if (!isNexushubDumpError(error)) throw error;
    return damaged ? "errors" : "not damaged";
  }
  if (!damaged) return "not damaged";
  if (example.command === "dump") {
    const refused = await verify(store).then(
      () => false,
      () => true,
    );
    if (refused) return "refused by verify";
  }
  const result = await (
    example.command === "dump"
      ? // As `verify --against` does.
        diff(store, source.url)
      : diff(archive, example.database.url)
  ).catch((thrown: unknown) => {
    if (isNexushubDumpError(thrown)) return { equal: false };
    throw thrown;
  });
  // What `verify --against` accepts is the same as what a dump without damage gives.
  if (result.equal && example.command === "dump")
    expect((await diff(archive, store)).equal).toBe(true);
  return result.equal ? "the same after all" : "differ unnoticed";
}

describe.each([
  ["dumps", "dump", false, 8, 1000],
  ["restores", "restore", false, 4, 1000],
  ["dumps with TLS", "dump", true, 3, 300],
  ["restores with TLS", "restore", true, 2, 300],
] as const)(
  "%s through a connection that corrupts one place",
  (name, command, isTls, gate, full) => {
    const lab = campaign(`corrupting proxy: ${name}`, { gate, full, msPerRun: 10_000 });

    test("end in time, in an error of ours", { timeout: lab.timeoutMs }, async () => {
      const stray = new StrayErrors();
      const exampleOf = (slot: number): Case => ({
        command,
        isTls,
        database: command === "dump" ? source : targets[slot]!,
      });
      const { traffic, error } = await run(exampleOf(0), undefined);
      expect(error).toBe(undefined);
      const totals = { ...TOTALS };
      const failures: string[] = [];
      let next = 0;
      const worker = async (slot: number): Promise<void> => {
        while (next < lab.runs) {
          const number = next++;
          const damage = damageOf(number);
          try {
            totals[await attempt(exampleOf(slot), damage)]++;
          } catch (thrown) {
            const text =
              thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
            failures.push(`run ${number}: ${JSON.stringify(damage)}: ${text}`);
          }
        }
      };
      const damageOf = (number: number): Damage => {
        const random = lab.random(number);
        const connection = random.below(traffic.length);
        const direction = random.pick(["to the client", "to the server"] as const);
        return {
          kind: random.pick(DAMAGES),
          connection,
          direction,
          offset: random.below(traffic[connection]![direction]),
          amount: random.below(1000),
        };
      };
      await Promise.all(targets.map((_target, slot) => worker(slot)));
      await stray.stop();
      lab.print({ ...totals, failures: failures.length, uncaught: stray.errors.length });
      expect(failures).toEqual([]);
      expect(stray.errors).toEqual([]);
      if (isTls) expect(totals["differ unnoticed"]).toBe(0);
    });
  },
);
