/**
 * Random schemas of everything that PostgreSQL has, dumped, restored and dumped again. Some tens in the quick gate;
 * `NEXUSHUB_DUMP_FAULTS=full` tries 2 000 on each of four majors. `NEXUSHUB_DUMP_RANDOM_RUN=42` repeats one of them
 * alone, and `NEXUSHUB_DUMP_RANDOM_SHOW=1` prints its statements.
 */
import { expect, test } from "vitest";
import { findTool } from "../support/tools.ts";
import { serverFor, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { campaign } from "../faults/campaign.ts";
import { createRoles, SchemaBuilder } from "./random-schema/builder.ts";
import { growSchema } from "./random-schema/random-schema.ts";
import { type RoundTrip, roundTrip } from "./random-schema/round-trip.ts";

const MAJORS = [13, 15, 16, 18];

/** Schemas in one database: reading the catalogs takes much longer than the schema of one run. */
const TOGETHER = 48;

const ONLY = process.env["NEXUSHUB_DUMP_RANDOM_RUN"];
const isShown = process.env["NEXUSHUB_DUMP_RANDOM_SHOW"] !== undefined;

const SIZE = { gate: 8, full: 2000, msPerRun: 5000 };

interface Counts {
  statements: number;
  refused: number;
  /** Runs whose copies could not be compared, and tell nothing. */
  skipped: number;
}

async function grow(
  database: TestDatabase,
  major: number,
  run: number,
  counts: Counts,
): Promise<void> {
  const client = await database.client();
  try {
    await client.query("SET statement_timeout = '5s'; SET client_min_messages = error");
    const random = campaign(`random schemas ${major}`, SIZE).random(run);
    const build = new SchemaBuilder(client, {
      random,
      major,
      suffix: ` ${run.toString(36)}`,
    });
    await growSchema(build);
    counts.statements += build.statements.length;
    counts.refused += build.refused;
    if (isShown) process.stderr.write(`${build.statements.join(";\n")};\n`);
  } finally {
    await client.end();
  }
}

/** Whether a database with the schemas of these runs is like its restored copy. */
async function copied(major: number, runs: readonly number[], counts: Counts): Promise<RoundTrip> {
  return withDatabase(
    async (source) => {
      for (const run of runs) await grow(source, major, run, counts);
      const reproducible = Math.floor(runs[0]! / TOGETHER) % 2 === 0;
      return withDatabase((target) => roundTrip({ source, target, major }, reproducible), {
        major,
      });
    },
    { major },
  );
}

/** The differences of these runs, each found in a database of its own. */
async function differences(
  major: number,
  runs: readonly number[],
  counts: Counts,
): Promise<string[]> {
  const own = { statements: 0, refused: 0, skipped: 0 };
  const result = await copied(major, runs, own);
  const isAlone = runs.length === 1;
  if (result === null || isAlone) {
    counts.statements += own.statements;
    counts.refused += own.refused;
  }
  if (result === null) return [];
  const differs = result === "not-comparable" ? undefined : result.differs;
  if (isAlone) {
    if (differs !== undefined)
      return [`NEXUSHUB_DUMP_RANDOM_RUN=${runs[0]} on ${major}: ${differs}`];
    counts.skipped++;
    return [];
  }
  const half = Math.ceil(runs.length / 2);
  const found = [
    ...(await differences(major, runs.slice(0, half), counts)),
    ...(await differences(major, runs.slice(half), counts)),
  ];
  if (found.length > 0 || differs === undefined) return found;
  return [`runs ${runs.join(", ")} on ${major}, together alone: ${differs}`];
}

test.each(MAJORS)(
  "random schemas of PostgreSQL %i come back",
  async (major) => {
    const size = campaign(`random schemas ${major}`, SIZE);
    const server = await serverFor(major);
    await createRoles((sql) => server.admin(sql));
    const all =
      ONLY === undefined ? Array.from({ length: size.runs }, (_, run) => run) : [Number(ONLY)];
    const counts: Counts = { statements: 0, refused: 0, skipped: 0 };
    const failures: string[] = [];
    for (let at = 0; at < all.length; at += TOGETHER)
      failures.push(...(await differences(major, all.slice(at, at + TOGETHER), counts)));
    const pgDump = findTool("pg_dump", major) === undefined ? "without pg_dump" : "with pg_dump";
    size.print({ ...counts, failures: failures.length, [pgDump]: all.length });
    expect(failures).toEqual([]);
    expect(counts.statements).toBeGreaterThan(counts.refused);
  },
  campaign("random schemas", SIZE).timeoutMs,
);
