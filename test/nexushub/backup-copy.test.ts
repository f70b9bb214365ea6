/** `backup` with a second copy: both verified, retention in each, failures that say what is there, and runs that catch up. */
import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { BackupOptions } from "../../src/nexushub/backup/options.ts";
import { parseBackupName } from "../../src/nexushub/backup-folder/backup-name.ts";
import { copyBackups } from "../../src/nexushub/copy/copy-backups.ts";
import { TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { listFolder } from "../../src/nexushub/list/list.ts";
import { prune } from "../../src/nexushub/retention/prune.ts";
import { backupRuns } from "../support/backup-runs.ts";
import { runCli, startCli } from "../support/cli.ts";
import { verify } from "../../src/verify/verify.ts";

vi.setConfig({ testTimeout: 120_000 });

describe("a backup with a second copy", () => {
  const runs = backupRuns();
  const away = (): string => join(runs.folder, "away");
  const run = (options: BackupOptions = {}) => runs.run({ copyTo: away(), ...options });
  const backupsIn = async (folder: string): Promise<string[]> =>
    (await readdir(folder)).filter((name) => parseBackupName(name) !== null).toSorted();
  const env = { PEER_KEY_ENCRYPTION_KEY: TEST_KEY.toString("base64") };

  test("is verified at both places, and each keeps what its rules say", async () => {
    const plan = await run({ dryRun: true });
    expect(plan.copy).toMatchObject({ to: away(), copied: [plan.path.split("/").at(-1)] });
    for (let count = 0; count < 2; count++)
      await run({ retention: { keep: 1 }, copyRetention: { keep: 2 } });
    const last = await run({ retention: { keep: 1 }, copyRetention: { keep: 2 } });
    expect(last).toMatchObject({ archives: 1, warnings: [] });
    expect(last.copy).toMatchObject({ archives: 2, copied: [last.path.split("/").at(-1)] });
    expect(last.copy!.removed).toHaveLength(1);
    expect(await backupsIn(runs.folder)).toHaveLength(1);
    const [older, newest] = await backupsIn(away());
    for (const name of [older!, newest!]) await verify(join(away(), name));
    expect((await readFile(join(away(), newest!))).equals(await readFile(last.path))).toBe(true);
    const { backups } = await listFolder(away());
    expect(backups.map(({ rows }) => rows)).toEqual([last.rows, expect.any(Number)]);
    // Nothing is copied that would be removed again.
    expect((await run({ retention: { keep: 5 }, copyRetention: { keep: 1 } })).copy).toMatchObject({
      copied: [expect.any(String)],
      archives: 1,
    });
    const again = await run({ retention: { keep: 5 }, copyRetention: { keep: 1 } });
    expect(again.copy!.copied).toHaveLength(1);
  });

  test("fails when its copy does, says that the backup is there, and catches up", async () => {
    await writeFile(away(), "no folder");
    const metricsFile = join(runs.folder, "nexushub.prom");
    const failed = await run({ metricsFile }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "COPY_FAILED" });
    expect((failed as Error).message).toMatch(/the backup .* is complete, and its copy failed: /);
    const metrics = await readFile(metricsFile, "utf8");
    expect(metrics).toMatch(/^nexushub_backup_last_run_success 0$/m);
    // An alert for missing backups is one for missing copies, too.
    expect(metrics).toMatch(/^nexushub_backup_last_success_timestamp_seconds 0$/m);
    expect(metrics).toMatch(/^nexushub_backup_failures_total 1$/m);
    const args = ["backup", runs.folder, "-d", runs.url, "--copy-to", away()];
    const cli = await runCli([...args, "--no-reuse"], env);
    expect(cli).toMatchObject({ code: 1 });
    expect(cli.stderr.trimEnd().split("\n").at(-1)).toMatch(
      /COPY FAILED: the new backup is complete/,
    );
    expect(await backupsIn(runs.folder)).toHaveLength(2);
    await rm(away());
    const done = await runCli([...args, "--copy-keep", "daily=30,newest=9", "--json"], env);
    expect(done).toMatchObject({ code: 0 });
    const { copy } = JSON.parse(done.stdout) as { copy: { copied: string[] } };
    expect(copy.copied).toHaveLength(3);
    expect(await backupsIn(away())).toEqual(await backupsIn(runs.folder));
  });

  test("copies differential backups after the full one that they need", async () => {
    await runs.run({ differential: true });
    await runs.change();
    const next = await run({ differential: true });
    expect(next.base).not.toBeNull();
    expect(next.copy!.copied).toHaveLength(2);
    const [full, part] = await backupsIn(away());
    expect(part).toContain(".differential.");
    await verify(join(away(), part!));
    // The base is beside it there, and here it is gone.
    await rm(join(runs.folder, full!));
    await rm(join(away(), part!));
    const second = await copyBackups(runs.folder, away());
    expect(second).toMatchObject({ copied: 1, failed: 0 });
    await verify(join(away(), part!));
    await rm(away(), { recursive: true });
    const alone = await copyBackups(runs.folder, away());
    expect(alone.archives).toMatchObject([{ state: "failed", code: "BASE_MISSING" }]);
    // No folder is left that was made for nothing.
    await expect(readdir(away())).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("an earlier backup that is damaged is named, and the new one is copied", async () => {
    const first = await runs.run();
    const bytes = await readFile(first.path);
    bytes[bytes.length >> 1]! ^= 1;
    await chmod(first.path, 0o600);
    await writeFile(first.path, bytes);
    await expect(run({ reuse: false })).rejects.toMatchObject({
      code: "COPY_FAILED",
      message: expect.stringMatching(/1 backup could not be copied to .*: the archive is damaged/),
    });
    expect(await backupsIn(away())).toHaveLength(1);
  });

  test("refuses a folder of copies that cannot work, before it dumps", async () => {
    await expect(run({ copyTo: runs.folder })).rejects.toMatchObject({ code: "USAGE" });
    await expect(run({ copyTo: "s3://x", copyRetention: { keep: 0 } })).rejects.toMatchObject({
      code: "USAGE",
    });
    await expect(runs.run({ copyRetention: { keep: 1 } })).rejects.toMatchObject({ code: "USAGE" });
    expect(await backupsIn(runs.folder)).toEqual([]);
  });

  test("of a process that is killed leaves whole copies only, and the next one removes the rest", async () => {
    await runs.run();
    await runs.run({ reuse: false });
    for (const delay of [0, 60, 250]) {
      const { process: child, finished } = startCli(["copy", runs.folder, away()], env);
      await vi.waitFor(async () => expect(await readdir(away())).not.toEqual([]), {
        timeout: 30_000,
        interval: 2,
      });
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill("SIGKILL");
      await finished;
      for (const name of await backupsIn(away())) await verify(join(away(), name));
      const result = await copyBackups(runs.folder, away());
      expect(result).toMatchObject({ failed: 0 });
      expect(result.copied + result.present).toBe(2);
      expect((await readdir(away())).filter((name) => name.endsWith(".partial"))).toEqual([]);
      const { decisions } = await prune(away(), { dryRun: true });
      expect(decisions.every(({ reason }) => !reason.startsWith("not known"))).toBe(true);
      await rm(away(), { recursive: true });
      await mkdir(away());
    }
  });

  const canMount = process.getuid?.() === 0 && process.platform === "linux";
  test.skipIf(!canMount)("a full disk keeps no part of a copy", async () => {
    const backup = await runs.run();
    const disk = join(runs.folder, "disk");
    await mkdir(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]);
    try {
      const filler = Buffer.alloc(4 * 1024 * 1024 - 100_000);
      await writeFile(join(disk, "filler"), filler);
      expect(backup.archiveBytes).toBeGreaterThan(100_000);
      const failed = await copyBackups(runs.folder, disk).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: "OUTPUT", message: expect.stringMatching(/are free/) });
      expect(await backupsIn(disk)).toEqual([]);
      expect((await readdir(disk)).filter((name) => name.endsWith(".partial"))).toEqual([]);
      await rm(join(disk, "filler"));
      expect(await copyBackups(runs.folder, disk)).toMatchObject({ copied: 1 });
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});
