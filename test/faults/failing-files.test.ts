/**
 * The disk is full, or broken, from the n-th call to the file system on or at that call alone: an error of ours or a
 * success, nothing left lying, and nothing lost that was there before.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import { isNexushubDumpError } from "../../src/errors.ts";
import { backup } from "../../src/nexushub/backup/backup.ts";
import { parseBackupName } from "../../src/nexushub/backup-folder/backup-name.ts";
import { LOCK_NAME } from "../../src/store/lock-record.ts";
import { prune } from "../../src/nexushub/retention/prune.ts";
import { pack } from "../../src/pack/pack.ts";
import { unpack } from "../../src/pack/unpack.ts";
import { restore } from "../../src/restore/restore.ts";
import { verify } from "../../src/verify/verify.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { temporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { campaign } from "./campaign.ts";
import { type FileCall, interceptFiles, systemError } from "./intercepted-files.ts";
import { StrayErrors } from "./stray-errors.ts";

let database: TestDatabase;
let target: TestDatabase;
let base: TemporaryFolder;
let archive: string;

beforeAll(async () => {
  database = await freshDatabase();
  target = await freshDatabase();
  await database.query("CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 500) i");
  base = temporaryFolder();
  archive = join(base.path, "archive.tar.gz");
  await dump(database.url, archive);
});

afterAll(async () => {
  base.remove();
  await database.drop();
  await target.drop();
});

const OLD = "what was there before";

/** A command in a folder of its own. */
interface Example {
  readonly prepare?: (folder: string) => Promise<unknown>;
  readonly run: (folder: string) => Promise<unknown>;
  /** The names that may be there after it failed, and after it succeeded. */
  readonly isExpected: (name: string) => boolean;
}

const runBackup = (folder: string, day: number): Promise<unknown> =>
  backup({
    databaseUrl: database.url,
    folder,
    env: {},
    retention: { keep: 2 },
    metricsFile: join(folder, "m.prom"),
    now: () => new Date(Date.UTC(2026, 0, day, 3)),
  });

const isOfBackups = (name: string): boolean =>
  parseBackupName(name) !== null || [".nexushub-dump.json", "m.prom"].includes(name);

async function twoBackups(folder: string): Promise<void> {
  await runBackup(folder, 1);
  await runBackup(folder, 2);
}

const EXAMPLES: Readonly<Record<string, Example>> = {
  dump: {
    prepare: async (folder) => writeFileSync(join(folder, "out.tar.gz"), OLD),
    run: (folder) => dump(database.url, join(folder, "out.tar.gz")),
    isExpected: (name) => name === "out.tar.gz",
  },
  restore: {
    run: () => restore(archive, target.url, { force: true }),
    isExpected: () => false,
  },
  diff: { run: () => diff(archive, database.url), isExpected: () => false },
  pack: {
    run: (folder) => pack(archive, join(folder, "unpacked")),
    isExpected: (name) => name === "unpacked",
  },
  unpack: {
    prepare: (folder) => pack(archive, join(folder, "unpacked")),
    run: (folder) => unpack(join(folder, "unpacked"), join(folder, "out.tar.gz")),
    isExpected: (name) => name === "unpacked" || name === "out.tar.gz",
  },
  backup: {
    prepare: twoBackups,
    run: (folder) => runBackup(folder, 3),
    isExpected: isOfBackups,
  },
  prune: {
    prepare: twoBackups,
    run: (folder) => prune(folder, { retention: { keep: 1 } }),
    isExpected: isOfBackups,
  },
};

type Fault = "EIO once" | "ENOSPC from then on";

/** Calls that need room. Those that remove something work on a full disk. */
const NEEDS_ROOM = new Set(
  "open mkdir mkdtemp link copyFile symlink writeFile handle.write handle.writev handle.writeFile".split(
    " ",
  ),
);

const needsRoom = ({ name, creates }: FileCall): boolean =>
  NEEDS_ROOM.has(name) && (name !== "open" || creates);

/** Runs the example with a fault. @returns the number of calls, and the error. */
async function runWith(
  { run }: Example,
  folder: string,
  fault: Fault | undefined,
  at: number,
): Promise<{ calls: number; failed: FileCall | undefined; error: unknown }> {
  let calls = 0;
  let failed: FileCall | undefined;
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  const stop = await interceptFiles([folder, archive], {
    before(call) {
      if (fault === "ENOSPC from then on" && !needsRoom(call)) return undefined;
      const number = calls++;
      if (fault === "EIO once" ? number !== at : fault === undefined || number < at)
        return undefined;
      failed ??= call;
      return systemError(fault === "EIO once" ? "EIO" : "ENOSPC", call);
    },
  });
  try {
    await run(folder);
    return { calls, failed, error: undefined };
  } catch (error) {
    return { calls, failed, error };
  } finally {
    stop();
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

/** No code of the system, no name of a call, and no name of a temporary file. */
const RAW =
  /\bE(?:IO|NOSPC)\b|, (?:open|write|mkdir|link|rename|fsync|scandir)\b|\.partial|[0-9a-f]{8}-[0-9a-f]{4}-/;

function requirePlainWords({ message, hint }: Error & { readonly hint?: string }): void {
  const text = `${message}\n${hint ?? ""}`;
  if (RAW.test(text)) throw new Error(`not in plain words: ${text}`);
}

/** Every archive in the folder, and what an old file became. */
async function checkContents(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const isArchive = name === "out.tar.gz" || parseBackupName(name) !== null;
    if (isArchive && readFileSync(path).toString() !== OLD) await verify(path);
  }
}

describe.each(Object.keys(EXAMPLES))("%s on a disk that fails", (name) => {
  const lab = campaign(`failing files: ${name}`, { gate: 4, full: 160, msPerRun: 20_000 });

  test("leaves nothing, loses nothing", { timeout: lab.timeoutMs }, async () => {
    const example = EXAMPLES[name]!;
    const stray = new StrayErrors();
    const failures: string[] = [];
    const counts = { errors: 0, successes: 0 };
    const inFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
      const folder = join(base.path, name);
      mkdirSync(folder, { mode: 0o700 });
      await example.prepare?.(folder);
      await body(folder);
      rmSync(folder, { recursive: true });
    };
    const totals: Record<Fault, number> = { "EIO once": 0, "ENOSPC from then on": 0 };
    for (const fault of Object.keys(totals) as Fault[]) {
      await inFolder(async (folder) => {
        // Counts the calls, and fails none of them.
        const { calls, error } = await runWith(example, folder, fault, Number.MAX_SAFE_INTEGER);
        expect(error).toBe(undefined);
        totals[fault] = calls;
      });
    }
    for (let number = 0; number < lab.runs; number++) {
      const fault: Fault = number % 2 === 0 ? "EIO once" : "ENOSPC from then on";
      const at = Math.floor((number * totals[fault]) / lab.runs);
      await inFolder(async (folder) => {
        const { failed, error } = await runWith(example, folder, fault, at);
        const where = `${fault} at ${failed?.name} ${failed?.path.slice(folder.length)}`;
        try {
          if (error !== undefined && !isNexushubDumpError(error)) throw error;
          if (error !== undefined) requirePlainWords(error as Error);
          counts[error === undefined ? "successes" : "errors"]++;
          await checkContents(folder);
          const left = readdirSync(folder).filter((each) => !example.isExpected(each));
          // What cannot be removed or read stays; the next run removes it.
          const isStuck =
            failed !== undefined &&
            (["rm", "unlink"].includes(failed.name) || failed.path.includes(LOCK_NAME));
          if (!isStuck) expect(left).toEqual([]);
        } catch (thrown) {
          failures.push(`run ${number}: ${where}: ${(thrown as Error).stack}`);
        }
      });
    }
    await stray.stop();
    lab.print({
      ...totals,
      ...counts,
      failures: failures.length,
      uncaught: stray.errors.length,
    });
    expect(failures).toEqual([]);
    expect(stray.errors).toEqual([]);
  });
});
