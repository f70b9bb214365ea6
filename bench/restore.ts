/** Time of a restore: ours, pg_restore, and the fastest script that a person would write. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Bench, dropWithKept, emptyDatabase, tablesOf, textFile } from "./setup.ts";
import type { Contender } from "./turns.ts";

const TARGET = "restored";

/** The files that are restored. */
export interface Sources {
  readonly archive: string;
  readonly customDump: string;
  readonly preData: string;
  readonly postData: string;
  /** A psql script: COPY … FREEZE of each table from its file. */
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
  const files = {
    archive: join(folder, `${database}.tar.gz`),
    customDump: join(folder, `${database}.dump`),
    preData: join(folder, "pre-data.sql"),
    postData: join(folder, "post-data.sql"),
  };
  run(process.execPath, program, "dump", "--quiet", "--output", files.archive);
  run("pg_dump", "-Fc", "-f", files.customDump);
  for (const section of ["pre-data", "post-data"] as const) {
    const path = section === "pre-data" ? files.preData : files.postData;
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
  return { ...files, copies: textFile(bench, "copy-in.sql", script.join("")) };
}

/**
 */
export function restoreContenders(bench: Bench, from: Sources, brief: boolean): Contender[] {
  const { env, program } = bench;
  const contender = (name: string, argv: readonly string[]): Contender => ({
    name,
    run: { argv, env: { ...env, PGDATABASE: TARGET } },
    before: () => emptyDatabase(bench, TARGET),
    after: () => dropWithKept(bench, TARGET),
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
  const contenders = [
    byHand("by hand: COPY FREEZE and DDL"),
    us("ours"),
    contender("pg_restore -1", ["pg_restore", "-1", "-d", TARGET, from.customDump]),
    us("ours, without ANALYZE", "--no-analyze"),
  ];
  if (brief) return contenders;
  return [
    ...contenders,
    byHand("by hand, and ANALYZE", "-c", "ANALYZE"),
    us("ours, --tune off", "--tune", "off"),
    contender("pg_restore -j 2", ["pg_restore", "-j", "2", "-d", TARGET, from.customDump]),
    us("ours, --swap --jobs 2", "--swap", "--jobs", "2", "--yes"),
    us("ours, --swap --jobs 1", "--swap", "--jobs", "1", "--yes"),
  ];
}

/** Session settings of the hand-written restore: those that ours sets, too, so that no setting decides the result. */
const HAND_SETTINGS =
  "SET maintenance_work_mem = '256MB'; SET max_parallel_maintenance_workers = 4; SET client_min_messages = warning";
