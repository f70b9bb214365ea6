/** The cost of a backup that reuses an earlier one, by the share of the audit log's units that changed in between. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { copyFloor, peer } from "./dump.ts";
import type { Bench } from "./setup.ts";
import type { Contender } from "./turns.ts";

/** Heap blocks in a unit (src/dump/reuse/unit-size.ts). */
const UNIT_BLOCKS = 512;
const SHARES = [0, 0.01, 0.1, 0.5, 1];

/** Complete backups of NexusHub's database, as `backup` makes them, verification included. */
export async function reuseContenders(on: Bench, database: string): Promise<Contender[]> {
  const { env, program } = on;
  const folder = join(on.folder, "backups");
  const argv = [process.execPath, program, "backup", folder, "--quiet"];
  const environment = { ...env, PGDATABASE: database };
  const backup = (): void =>
    void execFileSync(argv[0]!, argv.slice(1), {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "ignore", "inherit"],
    });
  const empty = (): void => rmSync(folder, { recursive: true, force: true });
  /** Deletes a row in a share of the units. */
  const change = async (share: number): Promise<void> => {
    await on.query(
      database,
      `DELETE FROM audit_log WHERE ctid = ANY (ARRAY(
         SELECT format('(%s,%s)', unit * ${UNIT_BLOCKS} + floor(random() * 100), 1 + floor(random() * 20))::tid
         FROM generate_series(0, pg_relation_size('audit_log') / 8192 / ${UNIT_BLOCKS}) unit,
              generate_series(1, 20) WHERE unit % ${Math.round(1 / Math.max(share, 1e-6))} = 0))`,
    );
  };
  return [
    await copyFloor(on, database),
    peer(on, database, "pg_dump -Fc", 'exec pg_dump -Fc -f "$OUT"'),
    {
      name: "backup, the first",
      run: { argv, env: environment, output: folder },
      before: async () => empty(),
    },
    ...SHARES.map((share) => ({
      name: `backup, ${share * 100} % of units changed`,
      run: { argv, env: environment, output: folder },
      before: async () => {
        empty();
        backup();
        if (share > 0) await change(share);
      },
    })),
  ];
}
