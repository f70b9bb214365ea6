/**
 * `npm run bench`: our program and PostgreSQL's, in turn, on the same server. README.md lists the options.
 * Needs Linux, GNU time, and psql, pg_dump and pg_restore of at least the server's major on the PATH.
 */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { copyFloor, dumpContenders, ours, peer } from "./dump.ts";
import { measureFixtures } from "./fixtures/run.ts";
import { machine } from "./machine.ts";
import { manyTables, schemaContenders } from "./many-tables.ts";
import { overNetwork } from "./network.ts";
import { type Part, type Result, markdown, plots } from "./report.ts";
import { oldScriptsDump, plainContenders } from "./plain.ts";
import { restoreContenders, sources } from "./restore.ts";
import { type Bench, bench, build, nexushubDatabase, removeFolder, startServer } from "./setup.ts";
import { AUDIT_LOG, AUDIT_LOG_BRIEF, DOCUMENTS, reuseContenders, wideDatabase } from "./reuse.ts";
import { measureStartup } from "./startup.ts";
import { subsetContenders } from "./subset.ts";
import { type Contender, inTurn } from "./turns.ts";

const PARTS: readonly Part[] = [
  "dump",
  "restore",
  "plain",
  "startup",
  "tables",
  "memory",
  "sizes",
  "network",
  "fixtures",
  "subset",
  "reuse",
  "reuse-sizes",
  "reuse-wide",
  "reuse-network",
];

const { values } = parseArgs({
  options: {
    only: { type: "string", default: PARTS.join(",") },
    rows: { type: "string", default: "1500000" },
    sizes: { type: "string", default: "1000000,2000000,4000000,8000000" },
    "reuse-sizes": { type: "string", default: "500000,1500000,8000000" },
    "wide-megabytes": { type: "string", default: "2000" },
    tables: { type: "string", default: "10000" },
    rounds: { type: "string", default: "5" },
    major: { type: "string", default: "15" },
    "zstd-node": { type: "string" },
    brief: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    out: { type: "string" },
  },
});

const quick = values.quick;
const rows = quick ? 5_000 : Number(values.rows);
const sizes = quick ? [2_000, 4_000] : values.sizes.split(",").map(Number);
const reuseSizes = quick ? [2_000, 4_000] : values["reuse-sizes"].split(",").map(Number);
const wideMegabytes = quick ? 10 : Number(values["wide-megabytes"]);
const tables = quick ? 200 : Number(values.tables);
const rounds = quick ? 1 : Number(values.rounds);
const hasZstd =
  process.versions.node >= "22.15" && Number.parseInt(process.versions.node, 10) >= 22;
const zstdNode = values["zstd-node"] ?? (hasZstd ? process.execPath : undefined);
const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** Measures all contenders at one size. */
async function turns(on: Bench, contenders: readonly Contender[], times = rounds) {
  return inTurn(contenders, { rounds: times, postmaster: on.server.pid, log });
}

/** Returns the figures of each part; `main` adds the head of the result. */
const RUN: Readonly<
  Record<Part, (on: Bench) => Promise<Omit<Result, "part" | "machine" | "rounds">>>
> = {
  async dump(on) {
    const database = await nexushubDatabase(on, rows);
    const contenders = await dumpContenders(on, database, { zstdNode, brief: values.brief });
    await turns(on, contenders.slice(0, 1), 1); // warms the cache for the first contender
    return { size: rows, summaries: await turns(on, contenders) };
  },
  async restore(on) {
    const from = await sources(on, await nexushubDatabase(on, rows));
    return { size: rows, summaries: await turns(on, restoreContenders(on, from, values.brief)) };
  },
  async plain(on) {
    const dump = oldScriptsDump(on, await nexushubDatabase(on, rows));
    return { size: rows, summaries: await turns(on, await plainContenders(on, dump)) };
  },
  async startup(on) {
    const database = await nexushubDatabase(on, quick ? rows : 1_000);
    return { size: 0, startup: measureStartup(on, database, quick ? 1 : 15) };
  },
  async tables(on) {
    const database = await manyTables(on, tables);
    return { size: tables, summaries: await turns(on, schemaContenders(on, database)) };
  },
  async memory(on) {
    const series = [];
    for (const size of new Set([rows, sizes.at(-1)!])) {
      const database = await nexushubDatabase(on, size);
      const from = await sources(on, database);
      const contenders = [
        ...[1, 2, 3, 4].map((jobs) => ours(on, database, jobs, "gzip:4")),
        ...restoreContenders(on, from, true).filter(({ name }) => name === "ours"),
      ].map((each) => ({ ...each, name: each.name === "ours" ? "ours, restore" : each.name }));
      series.push({ size, summaries: await turns(on, contenders, 1) });
    }
    return { size: rows, series };
  },
  async sizes(on) {
    const series = [];
    for (const size of sizes) {
      const database = await nexushubDatabase(on, size);
      const contenders = [
        await copyFloor(on, database),
        peer(on, database, "pg_dump -Fc", 'exec pg_dump -Fc -f "$OUT"'),
        ours(on, database, 2, "gzip:4"),
        ours(on, database, 1, "gzip:4"),
      ].map((each) => ({ ...each, name: each.name.replace("gzip:4, ", "") }));
      series.push({ size, summaries: await turns(on, contenders, Math.min(rounds, 3)) });
    }
    return { size: rows, series };
  },
  async network(on) {
    const size = quick ? rows : Math.min(rows, 300_000);
    const database = await nexushubDatabase(on, size);
    return overNetwork(on, async (distant) => {
      const contenders = [
        peer(distant, database, "pg_dump -Fc", 'exec pg_dump -Fc -f "$OUT"'),
        ...[1, 2, 4, 8].map((jobs) => ours(distant, database, jobs, "gzip:4")),
      ];
      return { size, summaries: await turns(distant, contenders, Math.min(rounds, 3)) };
    });
  },
  async subset(on) {
    const size = quick ? rows : Math.min(rows, 1_000_000);
    const contenders = await subsetContenders(on, await nexushubDatabase(on, size));
    return { size, summaries: await turns(on, contenders) };
  },
  async reuse(on) {
    const contenders = await reuseContenders(on, await nexushubDatabase(on, rows), AUDIT_LOG);
    await turns(on, contenders.slice(0, 1), 1); // warms the cache for the first contender
    return { size: rows, summaries: await turns(on, contenders) };
  },
  async "reuse-sizes"(on) {
    const series = [];
    for (const size of reuseSizes) {
      const database = await nexushubDatabase(on, size);
      const contenders = await reuseContenders(on, database, AUDIT_LOG_BRIEF);
      series.push({ size, summaries: await turns(on, contenders, Math.min(rounds, 3)) });
    }
    return { size: rows, series };
  },
  async "reuse-wide"(on) {
    const database = await wideDatabase(on, wideMegabytes * 1e6);
    const { brief } = values;
    const contenders = await reuseContenders(on, database, DOCUMENTS, { brief });
    return { size: wideMegabytes, summaries: await turns(on, contenders, Math.min(rounds, 3)) };
  },
  async "reuse-network"(on) {
    const size = quick ? rows : Math.min(rows, 300_000);
    const database = await nexushubDatabase(on, size);
    return overNetwork(on, async (distant) => {
      const contenders = await reuseContenders(distant, database, AUDIT_LOG_BRIEF, { near: on });
      return { size, summaries: await turns(distant, contenders, Math.min(rounds, 3)) };
    });
  },
  async fixtures(on) {
    const size = quick ? 500 : 10_000;
    const what = { rows: size, tests: quick ? 8 : 200, rounds: Math.min(rounds, 3), log };
    return { size, fixtures: await measureFixtures(on, { ...what, major: Number(values.major) }) };
  },
};

function resultsPage(out: string): string {
  const results = readdirSync(out)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(out, name), "utf8")) as Result)
    .sort((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part));
  return [
    "# Results of the benchmarks",
    "Written by `npm run bench`; docs/benchmarks.md says how it measures.",
    ...results.map(markdown),
    "",
  ].join("\n\n");
}

async function main(): Promise<void> {
  const parts = values.only.split(",");
  const unknown = parts.filter((name) => !PARTS.includes(name as Part));
  if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(", ")}`);
  const folder = mkdtempSync(join(tmpdir(), "nexushub-bench-"));
  // A quick run only shows that everything works: its figures are discarded.
  const out =
    values.out ??
    (quick ? join(folder, "out") : fileURLToPath(new URL("../docs/bench", import.meta.url)));
  mkdirSync(out, { recursive: true });
  const built = build();
  const server = await startServer(Number(values.major));
  try {
    const on = bench(server, built, folder);
    for (const part of PARTS.filter((name) => parts.includes(name))) {
      const facts = machine(server.version);
      log(`${part}: load ${facts.load}`);
      const result: Result = { part, machine: facts, rounds, ...(await RUN[part](on)) };
      writeFileSync(join(out, `${part}.json`), `${JSON.stringify(result, null, 2)}\n`);
      for (const [name, svg] of Object.entries(plots(result))) writeFileSync(join(out, name), svg);
      process.stdout.write(`${markdown(result)}\n\n`);
    }
    writeFileSync(join(out, "results.md"), resultsPage(out));
  } finally {
    await server.stop();
    removeFolder(built);
    removeFolder(folder);
  }
}

await main();
