/**
 * `npx tsx bench/store.ts`: archives in an object store against a file and a bare client, on Ceph's gateway, which it sets up as
 * `npm run test:s3` does. Prints medians, ratios with their goals, and what `inspect` asked for. With `--memory` it runs only
 * what has a goal for its memory, once: for more rows than there is time to compare.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startFaultProxy } from "../test/support/s3/fault-proxy.ts";
import { type GatewayFacts, prepareGateway, startGateway } from "../test/support/s3/gateway.ts";
import { measure, type Run, type Sample } from "./measure.ts";
import {
  type Bench,
  bench,
  build,
  emptyDatabase,
  nexushubDatabase,
  removeFolder,
  startServer,
} from "./setup.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1500000" },
    rounds: { type: "string", default: "2" },
    major: { type: "string", default: "15" },
    memory: { type: "boolean", default: false },
  },
});

/** At most, in memory: two archives a round. */
const STORE_BYTES = 14 * 1024 ** 3;
const MAX_RATIO = 1.1;
const MAX_MIB = 200;
const BARE = fileURLToPath(new URL("bare-client.mjs", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Names {
  /** Of the object, in a bucket of its own. */
  readonly address: string;
  readonly url: string;
  readonly file: string;
}

function medianOf(samples: readonly Sample[], of: (sample: Sample) => number): number {
  return samples.map(of).toSorted((a, b) => a - b)[Math.floor(samples.length / 2)]!;
}

/** The runs of one round, in turn: each program does the whole of its work. */
function runs(on: Bench, database: string, { address, url, file }: Names): Record<string, Run> {
  const { env, program } = on;
  const from = { ...env, PGDATABASE: database, OUT: file, URL: url };
  const into = { ...from, PGDATABASE: "store_target" };
  const ours = `"${process.execPath}" "${program}"`;
  const bare = `"${process.execPath}" "${BARE}"`;
  const sh = (command: string, environment: Readonly<Record<string, string>>): Run => ({
    argv: ["sh", "-c", command],
    env: environment,
  });
  const flags = "--quiet --jobs 2";
  return {
    "dump to the store": sh(`exec ${ours} dump ${flags} -o "${address}"`, from),
    "dump to a file, then upload": sh(
      `${ours} dump ${flags} -o "$OUT" && ${bare} put "$OUT" "$URL-bare"`,
      from,
    ),
    "restore from the store": sh(`exec ${ours} restore --quiet --force "${address}"`, into),
    "download, then restore a file": sh(
      `${bare} get "$OUT" "$URL-bare" && ${ours} restore --quiet --force "$OUT"`,
      into,
    ),
  };
}

async function inspectCounted(on: Bench, gateway: GatewayFacts, key: string): Promise<string> {
  const proxy = await startFaultProxy(gateway.endpoint);
  try {
    const address = `s3://bench/${key}?endpoint=${proxy.endpoint}`;
    await measure(
      { argv: [process.execPath, on.program, "inspect", address], env: keysOf(gateway) },
      on.server.pid,
    );
    const { requests, bytes } = proxy.seen;
    return `inspect: ${requests} requests (goal 3), ${(bytes / 1e6).toFixed(2)} MB (goal 2)`;
  } finally {
    await proxy.close();
  }
}

function keysOf({ accessKeyId, secretAccessKey }: GatewayFacts): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

async function compare(on: Bench, gateway: GatewayFacts, rows: number): Promise<void> {
  const database = await nexushubDatabase(on, rows);
  const samples = new Map<string, Sample[]>();
  const rounds = values.memory ? 1 : Number(values.rounds);
  let key = "";
  for (let round = 1; round <= rounds; round++) {
    // What has no name of an archive is taken for a folder.
    key = `${rows}-${round}.tar.gz`;
    const url = `${gateway.endpoint}/bench/${key}`;
    const address = `s3://bench/${key}?endpoint=${gateway.endpoint}`;
    const file = join(on.folder, "archive");
    for (const [name, run] of Object.entries(runs(on, database, { address, url, file }))) {
      if (values.memory && !isOfStore(name)) continue;
      if (name.includes("restore")) await emptyDatabase(on, "store_target");
      const env = { ...run.env, ...keysOf(gateway) };
      const sample = await measure({ ...run, env }, on.server.pid);
      samples.set(name, [...(samples.get(name) ?? []), sample]);
      process.stderr.write(`${round} ${name}: ${sample.seconds.toFixed(2)} s\n`);
      if (name.includes("file")) removeFolder(file);
    }
  }
  say(`\n${rows} rows of the audit log, medians of ${rounds}`);
  for (const [name, each] of samples) {
    const [seconds, peak] = [medianOf(each, (s) => s.seconds), medianOf(each, (s) => s.peakMiB)];
    say(`${name.padEnd(32)} ${seconds.toFixed(2)} s, ${peak.toFixed(0)} MiB`);
  }
  if (!values.memory) sayRatios(samples);
  for (const [name, each] of samples) {
    if (!isOfStore(name)) continue;
    const peak = Math.max(...each.map(({ peakMiB }) => peakMiB));
    say(`${name}: at most ${peak.toFixed(0)} MiB (goal ${MAX_MIB}): ${isMet(peak < MAX_MIB)}`);
  }
  say(await inspectCounted(on, gateway, key));
}

const isOfStore = (name: string): boolean => name.endsWith("the store");
const isMet = (met: boolean): string => (met ? "met" : "MISSED");

function sayRatios(samples: ReadonlyMap<string, readonly Sample[]>): void {
  const median = (name: string): number => medianOf(samples.get(name)!, (s) => s.seconds);
  for (const [what, near, far] of [
    ["dump", "dump to the store", "dump to a file, then upload"],
    ["restore", "restore from the store", "download, then restore a file"],
  ] as const) {
    const ratio = median(near) / median(far);
    say(`${what}: ratio ${ratio.toFixed(2)} (goal ${MAX_RATIO}): ${isMet(ratio <= MAX_RATIO)}`);
  }
}

const reason = prepareGateway();
if (reason !== null) throw new Error(`there is no Ceph gateway: ${reason}`);
const folder = mkdtempSync(join(tmpdir(), "nexushub-bench-store-"));
const built = build();
const gateway = await startGateway(STORE_BYTES);
const server = await startServer(Number(values.major));
try {
  const on = bench(server, built, folder);
  const make = [BARE, "make", "-", `${gateway.facts.endpoint}/bench`];
  execFileSync(process.execPath, make, { env: { ...process.env, ...keysOf(gateway.facts) } });
  for (const rows of values.rows.split(",")) await compare(on, gateway.facts, Number(rows));
} finally {
  await server.stop();
  await gateway.close();
  removeFolder(folder);
  removeFolder(built);
}
