/**
 * The server vanishes without a word in every phase: its packets are dropped, and nothing says so. Each command ends in an
 * error of ours within the time that was asked for.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { type NexushubDumpError, isNexushubDumpError } from "../../src/errors.ts";
import type { ProgressEvent } from "../../src/events.ts";
import { restore } from "../../src/restore/restore.ts";
import { parseConnectionString } from "../../src/sql/conninfo/parse.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { campaign } from "./campaign.ts";
import { type LostNetwork, lostNetwork, whyNoNetwork } from "./dropped-packets.ts";
import { StrayErrors } from "./stray-errors.ts";

const lab = campaign("lost network", { gate: 1, full: 5, msPerRun: 120_000 });
/** For looking at the socket every so often, for ending, and for a busy machine. */
const GRACE_MS = 6_000;

let source: TestDatabase;
let target: TestDatabase;
let network: LostNetwork;
let archive: MemoryStore;
let why = whyNoNetwork();

beforeAll(async () => {
  if (why !== undefined) return;
  source = await freshDatabase();
  target = await freshDatabase();
  const { host = "", port = "5432" } = parseConnectionString(source.url);
  if (!host.startsWith("/")) why = "the server of the tests is not reached by a Unix socket";
  else {
    await source.query(
      "CREATE TABLE t AS SELECT i, repeat(md5(i::text), 20) FROM generate_series(1, 40000) i; CREATE TABLE u (i int)",
    );
    archive = new MemoryStore();
    await dump(source.url, archive, { compression: "none" });
    network = await lostNetwork(join(host, `.s.PGSQL.${port}`));
  }
});

afterAll(async () => {
  await network?.remove();
  await source?.drop();
  await target?.drop();
});

function addressOf(database: TestDatabase, parameters: string): string {
  const { user = "", password = "" } = parseConnectionString(database.url);
  const { host, port } = network.address;
  return `host=${host} port=${port} user=${user} password='${password}' dbname=${database.name} sslmode=disable ${parameters}`;
}

/** Drops all packets when the phase begins, or some time later. */
function dropsAt(phase: string, afterMs?: number): (event: ProgressEvent) => void {
  return (event) => {
    if (event.type !== "phase" || event.phase !== phase) return;
    lostAt = performance.now() + (afterMs ?? 0);
    if (afterMs === undefined) network.drop();
    else setTimeout(() => network.drop(), afterMs);
  };
}

let lostAt = 0;
const slow = { where: { u: "true" }, jobs: 1 };

interface Phase {
  readonly parameters: string;
  /** The time that these ask for. */
  readonly ms: number;
  readonly run: (parameters: string) => Promise<unknown>;
}

const PHASES: Readonly<Record<string, Phase>> = {
  "while connecting": {
    parameters: "connect_timeout=2",
    ms: 2_000,
    run(parameters) {
      network.drop();
      lostAt = performance.now();
      return dump(addressOf(source, parameters), new MemoryStore());
    },
  },
  "when a statement of a dump is sent": {
    parameters: "tcp_user_timeout=2000",
    ms: 2_000,
    run: (parameters) =>
      dump(addressOf(source, parameters), new MemoryStore(), {
        ...slow,
        onProgress: dropsAt("catalog"),
      }),
  },
  // Node.js sends the first probe after a second, and ten more a second apart.
  "while a dump waits for rows": {
    parameters: "keepalives_idle=1 keepalives_interval=1 keepalives_count=1",
    ms: 11_000,
    run: (parameters) =>
      dump(addressOf(source, parameters), new MemoryStore(), {
        ...slow,
        where: { u: "true", t: "pg_sleep(0.05) IS NOT NULL" },
        onProgress: dropsAt("data", 1_000),
      }),
  },
  "when a statement of a restore is sent": {
    parameters: "keepalives_idle=1 keepalives_interval=1 keepalives_count=1",
    ms: 2_000,
    run: (parameters) =>
      restore(archive, addressOf(target, parameters), { force: true, onProgress: dropsAt("data") }),
  },
  "while a restore sends rows": {
    parameters: "tcp_user_timeout=2000",
    ms: 2_000,
    run: (parameters) =>
      restore(archive, addressOf(target, parameters), {
        force: true,
        onProgress: dropsAt("data", 30),
      }),
  },
};

/** The others take their time by nature. */
const GATE = ["when a statement of a dump is sent", "while a restore sends rows"];

describe("a server that vanishes without a word", () => {
  const counts = { errors: 0, "longest ms beyond": 0 };
  afterAll(() => {
    if (why === undefined) lab.print(counts);
    else process.stderr.write(`faults: lost network: SKIPPED: ${why}\n`);
  });

  const names = Object.keys(PHASES).filter((name) => lab.runs > 1 || GATE.includes(name));
  test.for(names)("%s", { timeout: lab.timeoutMs }, async (name, { skip }) => {
    if (why !== undefined) skip(why);
    const { parameters, ms, run } = PHASES[name]!;
    for (let i = 0; i < lab.runs; i++) {
      const stray = new StrayErrors();
      network.mend();
      const error = await run(parameters).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      const took = performance.now() - lostAt;
      network.mend();
      await stray.stop();
      expect(isNexushubDumpError(error), String(error)).toBe(true);
      expect((error as NexushubDumpError).code).toBe("CONNECTION");
      expect(took).toBeLessThan(ms + GRACE_MS);
      expect(stray.errors).toEqual([]);
      counts.errors++;
      counts["longest ms beyond"] = Math.max(counts["longest ms beyond"], Math.round(took - ms));
    }
  });
});
