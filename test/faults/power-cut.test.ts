/**
 * The power is cut, or the process killed, at any call of `backup` and `prune` to the file system: every file under a
 * backup's name is intact, and the next run succeeds without a person and removes what lies around.
 */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backup } from "../../src/nexushub/backup/backup.ts";
import { parseBackupName } from "../../src/nexushub/backup-folder/backup-name.ts";
import { LEDGER_NAME, readLedger } from "../../src/nexushub/backup-folder/ledger.ts";
import { prune } from "../../src/nexushub/retention/prune.ts";
import { verify } from "../../src/verify/verify.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { temporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { campaign } from "./campaign.ts";
import { type Ending, recordDisk, writeAftermath } from "./power-cut.ts";

const KEEP = 3;

let database: TestDatabase;
let base: TemporaryFolder;

beforeAll(async () => {
  database = await freshDatabase();
  await database.query("CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 500) i");
  base = temporaryFolder();
});

afterAll(async () => {
  base.remove();
  await database.drop();
});

const runBackup = (folder: string, day: number): Promise<unknown> =>
  backup({
    databaseUrl: database.url,
    folder,
    env: {},
    jobs: 1,
    retention: { keep: KEEP },
    now: () => new Date(Date.UTC(2026, 0, day, 3)),
  });

const runPrune = (folder: string): Promise<unknown> => prune(folder, { retention: { keep: 1 } });

/** A folder with `count` backups. */
async function folderWith(name: string, count: number): Promise<string> {
  const folder = join(base.path, name);
  mkdirSync(folder);
  for (let day = 1; day <= count; day++) await runBackup(folder, day);
  return folder;
}

const backupsIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => parseBackupName(name) !== null);

describe.each([
  ["backup", KEEP, (folder: string) => runBackup(folder, 20)],
  ["prune", 5, runPrune],
] as const)("after the end of %s at any point", (name, backups, run) => {
  const lab = campaign(`power cuts: ${name}`, { gate: 6, full: 200, msPerRun: 20_000 });

  test(
    "backups are intact and the next run heals the folder",
    { timeout: lab.timeoutMs },
    async () => {
      const folder = await folderWith(name, backups);
      const states = await recordDisk(folder, () => run(folder));
      expect(states.length).toBeGreaterThan(10);
      const failures: string[] = [];
      const counts = { "power cuts": 0, kills: 0, files: 0 };
      for (let number = 0; number < lab.runs; number++) {
        const random = lab.random(number);
        const ending: Ending = random.chance(0.75) ? "power cut" : "kill -9";
        const state = states[Math.floor((number * states.length) / lab.runs)]!;
        const aftermath = join(base.path, `${name}-${number}`);
        mkdirSync(aftermath);
        writeAftermath(aftermath, state, ending, random);
        counts[ending === "power cut" ? "power cuts" : "kills"]++;
        try {
          const intact = await heal(aftermath, run);
          // Old backups go when the new one is there for good.
          if (name === "backup") expect(intact).toBeGreaterThanOrEqual(KEEP);
          counts.files += intact;
        } catch (error) {
          failures.push(`run ${number}: ${ending} after ${state.call}: ${(error as Error).stack}`);
        }
      }
      lab.print({ points: states.length, ...counts, failures: failures.length });
      expect(failures).toEqual([]);
    },
  );
});

/** Checks the folder, and runs once more. @returns how many backups were there. */
async function heal(folder: string, run: (folder: string) => Promise<unknown>): Promise<number> {
  const before = backupsIn(folder);
  for (const each of before) await verify(join(folder, each));
  await run(folder);
  const after = backupsIn(folder);
  for (const each of after) await verify(join(folder, each));
  expect(after.length).toBeGreaterThan(0);
  expect(readdirSync(folder).toSorted()).toEqual([LEDGER_NAME, ...after].toSorted());
  // A backup that the ledger does not list would never be removed.
  const { ledger } = await readLedger(folder);
  expect(after.filter((each) => ledger.backups[each] === undefined)).toEqual([]);
  return before.length;
}
