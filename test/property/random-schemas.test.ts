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
import { roundTripDifference } from "./random-schema/round-trip.ts";

const MAJORS = [13, 15, 16, 18];

/** Schemas in one database: reading the catalogs takes much longer than the schema of one run. */
const TOGETHER = 8;

const ONLY = process.env["NEXUSHUB_DUMP_RANDOM_RUN"];
const isShown = process.env["NEXUSHUB_DUMP_RANDOM_SHOW"] !== undefined;

const SIZE = { gate: TOGETHER, full: 2000, msPerRun: 5000 };

interface Counts {
  statements: number;
  refused: number;
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

/** How a database with the schemas of these runs differs from its restored copy. */
async function difference(
  major: number,
  runs: readonly number[],
  counts: Counts,
): Promise<string | undefined> {
  return withDatabase(
    async (source) => {
      for (const run of runs) await grow(source, major, run, counts);
      return withDatabase((target) => roundTripDifference({ source, target, major }), { major });
    },
    { major },
  );
}

test.each(MAJORS)(
  "random schemas of PostgreSQL %i come back",
  async (major) => {
    const size = campaign(`random schemas ${major}`, SIZE);
    const server = await serverFor(major);
    await createRoles((sql) => server.admin(sql));
    const all =
      ONLY === undefined ? Array.from({ length: size.runs }, (_, run) => run) : [Number(ONLY)];
    const counts: Counts = { statements: 0, refused: 0 };
    const failures: string[] = [];
    for (let at = 0; at < all.length; at += TOGETHER) {
      const together = all.slice(at, at + TOGETHER);
      const differs = await difference(major, together, counts);
      if (differs === undefined) continue;
      const alone = { statements: 0, refused: 0 };
      for (const run of together) {
        const text = await difference(major, [run], alone);
        if (text !== undefined)
          failures.push(`NEXUSHUB_DUMP_RANDOM_RUN=${run} on ${major}: ${text}`);
      }
      if (failures.length === 0) failures.push(`runs ${together.join(", ")} together: ${differs}`);
    }
    const pgDump = findTool("pg_dump", major) === undefined ? "without pg_dump" : "with pg_dump";
    size.print({ ...counts, failures: failures.length, [pgDump]: all.length });
    expect(failures).toEqual([]);
    expect(counts.statements).toBeGreaterThan(counts.refused);
  },
  campaign("random schemas", SIZE).timeoutMs,
);
