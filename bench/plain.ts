/** Time of a restore of what the old backup script wrote, `pg_dump | gzip -9`: ours, and `zcat | psql -1`. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Bench, emptyDatabase } from "./setup.ts";
import type { Contender } from "./turns.ts";

const TARGET = "restored_plain";

/** Writes the dump as the old script did. @returns its path. */
export function oldScriptsDump({ folder, env }: Bench, database: string): string {
  const path = join(folder, "nexushub-20260423T030001Z.sql.gz");
  execFileSync("sh", ["-c", `pg_dump --no-owner --no-privileges | gzip -9 > "$OUT"`], {
    env: { ...process.env, ...env, PGDATABASE: database, OUT: path },
    stdio: "inherit",
  });
  return path;
}

/** Autovacuum is on, as it is where people restore: both leave the planner's statistics to it. @param dump of `oldScriptsDump`. Peak memory of a pipe is that of its largest process. */
export async function plainContenders(bench: Bench, dump: string): Promise<Contender[]> {
  const { env, program } = bench;
  await bench.query("postgres", "ALTER SYSTEM SET autovacuum = on");
  await bench.query("postgres", "SELECT pg_reload_conf()");
  const contender = (name: string, argv: readonly string[]): Contender => ({
    name,
    run: { argv, env: { ...env, PGDATABASE: TARGET, DUMP: dump } },
    before: () => emptyDatabase(bench, TARGET),
    after: async () => void (await bench.query("postgres", `DROP DATABASE IF EXISTS ${TARGET}`)),
  });
  const us = (name: string, ...args: string[]): Contender =>
    contender(name, [
      process.execPath,
      program,
      "restore",
      "--quiet",
      "--force",
      "--yes",
      dump,
      ...args,
    ]);
  const psql = "psql -Xq1 -v ON_ERROR_STOP=1 -o /dev/null";
  return [
    contender("zcat | psql -1", ["sh", "-c", `zcat "$DUMP" | ${psql}`]),
    us("ours"),
    us("ours, --analyze", "--analyze"),
    us("ours, --tune off", "--tune", "off"),
  ];
}
