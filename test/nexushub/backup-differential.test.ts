/** A differential backup refers to the newest full one in its folder; retention, prune and doctor know what it needs. */
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect, test } from "vitest";
import { decryptArchive } from "../../src/archive/encryption/age.ts";
import type { BackupOptions } from "../../src/nexushub/backup/options.ts";
import { LEDGER_NAME, readLedger } from "../../src/nexushub/backup-folder/ledger.ts";
import { listBackups } from "../../src/nexushub/backup-folder/list-backups.ts";
import { basesFinding } from "../../src/nexushub/doctor/bases-finding.ts";
import { prune } from "../../src/nexushub/retention/prune.ts";
import { verify } from "../../src/verify/verify.ts";
import { backupRuns } from "../support/backup-runs.ts";

const on = backupRuns();
const { run, expectComplete, change } = on;
const differential = (options: BackupOptions = {}) => run({ differential: true, ...options });

const backups = async (): Promise<string[]> =>
  (await readdir(on.folder)).filter((name) => name.startsWith("nexushub-")).toSorted();

test("what changed since the newest full backup is in a differential one", async () => {
  const first = await differential();
  expect(first).toMatchObject({ base: null, whyFull: "no-base", reuseSkipped: "no-backup" });
  await change();
  const second = await differential();
  expect(second).toMatchObject({ base: basename(first.path), whyFull: null, verified: true });
  expect(second.path).toMatch(/Z\.differential\.tar\.gz$/);
  expect(second.archiveBytes).toBeLessThan(first.archiveBytes / 2);
  await expectComplete(second.path);
  await change();
  const third = await differential();
  expect(third).toMatchObject({ base: basename(first.path), whyFull: null });
  await expectComplete(third.path);
  // Full backups reuse a differential one, and are made when it is time.
  const full = await run();
  expect(full).toMatchObject({ base: null, reuse: { archive: basename(third.path) } });
  expect(full.reuse!.reusedRows).toBeGreaterThan(15_000);
  await expectComplete(full.path);
  const due = await differential({ fullEveryMs: 1 });
  expect(due).toMatchObject({ base: null, whyFull: "due" });
  await expectComplete(due.path);
  await expect(differential({ reuse: false })).rejects.toMatchObject({ code: "USAGE" });
});

test("retention keeps the full backup that a differential one needs", async () => {
  const first = await run();
  const second = await differential({ retention: { keep: 1 } });
  const newest = "one of the newest 1";
  const base = `the base of ${basename(second.path)}`;
  expect(second.decisions).toEqual([
    {
      name: basename(second.path),
      action: "keep",
      reason: newest,
      reasons: [newest, "the last verified backup"],
    },
    { name: basename(first.path), action: "keep", reason: base, reasons: [base] },
  ]);
  // Also where the folder's record is lost.
  await rm(join(on.folder, LEDGER_NAME));
  const adopted = await prune(on.folder, { adopt: true, retention: { keep: 1 } });
  expect(adopted).toMatchObject({ removed: [], warnings: [] });
  const third = await run({ retention: { keep: 1 } });
  expect(third.removed.toSorted()).toEqual([basename(first.path), basename(second.path)]);
  expect(await backups()).toEqual([basename(third.path)]);
});

test("a record of an earlier version, without digests, does not cost a base", async () => {
  const first = await run();
  const second = await differential();
  const path = join(on.folder, LEDGER_NAME);
  const ledger = JSON.parse(await readFile(path, "utf8")) as {
    backups: Record<string, { sha256?: string; base?: string }>;
  };
  for (const entry of Object.values(ledger.backups)) {
    delete entry.sha256;
    delete entry.base;
  }
  await writeFile(path, JSON.stringify(ledger));
  const { decisions } = await prune(on.folder, { retention: { keep: 1 } });
  expect(decisions).toMatchObject([
    { name: basename(second.path), action: "keep" },
    { action: "keep", reason: `may be the base of ${basename(second.path)}` },
  ]);
  expect(await backups()).toEqual([basename(first.path), basename(second.path)].toSorted());
});

/** What the doctor says of the bases in the folder. */
async function folderBases() {
  const { ledger } = await readLedger(on.folder);
  return basesFinding(await listBackups(on.folder, ledger));
}

test("a differential backup without its base is reported", async () => {
  const first = await run();
  expect(await folderBases()).toBeNull();
  const second = await differential();
  expect(await folderBases()).toMatchObject({ status: "ok" });
  await rename(first.path, `${first.path}.away`);
  const name = basename(second.path);
  expect(await folderBases()).toMatchObject({
    status: "failed",
    message: expect.stringContaining(name),
  });
  expect(await prune(on.folder, { retention: { keep: 1 } })).toMatchObject({
    removed: [],
    warnings: [{ code: "base-missing", object: name }],
  });
  const third = await differential({ retention: { keep: 1 } });
  expect(third).toMatchObject({ whyFull: "no-base", removed: [] });
  expect(third.warnings).toContainEqual(expect.objectContaining({ code: "base-missing" }));
  await rename(`${first.path}.away`, first.path);
  // Nobody knows any more who wrote the base: it stays.
  expect(await prune(on.folder, { retention: { keep: 1 } })).toMatchObject({
    removed: [name],
    warnings: [],
  });
  await expect(stat(second.path)).rejects.toMatchObject({ code: "ENOENT" });
});

test("an encrypted base needs an identity", async () => {
  const identity = await generateX25519Identity();
  const encryptTo = { recipients: [await identityToRecipient(identity)] };
  const identities = { identities: [identity] };
  await run({ encryptTo });
  expect(await differential({ encryptTo })).toMatchObject({
    whyFull: "no-base",
    reuseSkipped: "encrypted",
  });
  const second = await differential({ encryptTo, identities });
  expect(second).toMatchObject({ whyFull: null });
  expect(second.path).toMatch(/\.differential\.tar\.gz\.age$/);
  expect((await verify(decryptArchive(second.path, identities))).rows).toBe(second.rows);
});
