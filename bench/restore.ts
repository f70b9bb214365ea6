/** How long a restore takes: us, pg_restore, and the fastest thing that a person would write by hand. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Bench, emptyDatabase, tablesOf, textFile } from "./setup.ts";
import type { Contender } from "./turns.ts";

const TARGET = "restored";

/** What is restored, made once. */
export interface Sources {
  readonly archive: string;
  readonly customDump: string;
  readonly preData: string;
  readonly postData: string;
  /** COPY … FREEZE of each table from a file of its own. */
  readonly copies: string;
}

export async function sources(bench: Bench, database: string): Promise<Sources> {
  const { folder, program, env } = bench;
  const run = (program: string, ...args: string[]): void => {
    execFileSync(program, args, {
      env: { ...process.env, ...env, PGDATABASE: database },
      stdio: ["ignore", "ignore", "inherit"],
    });
  };
  const made = {
    archive: join(folder, `${database}.tar.gz`),
    customDump: join(folder, `${database}.dump`),
    preData: join(folder, "pre-data.sql"),
    postData: join(folder, "post-data.sql"),
  };
  run(process.execPath, program, "dump", "--quiet", "--output", made.archive);
  run("pg_dump", "-Fc", "-f", made.customDump);
  for (const section of ["pre-data", "post-data"] as const) {
    const path = section === "pre-data" ? made.preData : made.postData;
    run("pg_dump", "--no-owner", "--no-privileges", `--section=${section}`, "-f", path);
  }
  const rows = join(folder, "rows");
  mkdirSync(rows, { recursive: true });
  const tables = await tablesOf(bench, database);
  run(
    "psql",
    "-X",
    "-q",
    ...tables.flatMap((table, i) => ["-c", `\\copy ${table} to '${join(rows, String(i))}'`]),
  );
  const script = tables.map(
    (t, i) => `\\copy ${t} from '${join(rows, String(i))}' with (freeze)\n`,
  );
  return { ...made, copies: textFile(bench, "copy-in.sql", script.join("")) };
}

/**
 * @param memory what `maintenance_work_mem` the hand-written restore sets: the same that we choose, so that it is not
 * beaten by a setting alone.
 */
export function restoreContenders(bench: Bench, from: Sources, brief: boolean): Contender[] {
  const { env, program } = bench;
  const contender = (name: string, argv: readonly string[]): Contender => ({
    name,
    run: { argv, env: { ...env, PGDATABASE: TARGET } },
    before: () => emptyDatabase(bench, TARGET),
    after: async () => void (await bench.query("postgres", `DROP DATABASE IF EXISTS ${TARGET}`)),
  });
  const us = (name: string, ...args: string[]): Contender =>
    contender(name, [process.execPath, program, "restore", "--quiet", from.archive, ...args]);
  const byHand = (name: string, ...end: string[]): Contender =>
    contender(name, [
      "psql",
      "-Xq1",
      "-v",
      "ON_ERROR_STOP=1",
      "-c",
      HAND_SETTINGS,
      ...[from.preData, from.copies, from.postData].flatMap((file) => ["-f", file]),
      ...end,
    ]);
  const wanted = [
    byHand("by hand: COPY FREEZE and DDL"),
    us("ours"),
    contender("pg_restore -1", ["pg_restore", "-1", "-d", TARGET, from.customDump]),
    us("ours, without ANALYZE", "--no-analyze"),
  ];
  if (brief) return wanted;
  return [
    ...wanted,
    byHand("by hand, and ANALYZE", "-c", "ANALYZE"),
    us("ours, --tune off", "--tune", "off"),
    contender("pg_restore -j 2", ["pg_restore", "-j", "2", "-d", TARGET, from.customDump]),
  ];
}

/** What a careful person sets for the session. */
const HAND_SETTINGS =
  "SET maintenance_work_mem = '256MB'; SET max_parallel_maintenance_workers = 4; SET client_min_messages = warning";
