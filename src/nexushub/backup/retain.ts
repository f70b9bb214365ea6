/** Registers a backup in the ledger and applies retention. */
import { readdir } from "node:fs/promises";
import { warning } from "../../warnings.ts";
import { parseBackupName } from "../backup-folder/backup-name.ts";
import { type Ledger, withoutBackups, writeLedger } from "../backup-folder/ledger.ts";
import { listBackups } from "../backup-folder/list-backups.ts";
import type { KeyState } from "../keys/key-check.ts";
import { decideRetention, type RetentionDecision } from "../retention/decide.ts";
import { candidateOf, namesToRemove, removeBackups } from "../retention/remove.ts";
import type { BackupResult } from "./options.ts";
import type { PreparedBackup } from "./prepare.ts";
import type { BackupRun } from "./run.ts";
import type { WrittenArchive } from "./write-archive.ts";

/**
 * Lists the new backup in the ledger before it has its name: after a power cut between the two it would otherwise lie there
 * for ever, as a file that nobody knows. An entry without a file does no harm.
 */
export async function announceBackup(
  run: BackupRun,
  ledger: Ledger,
  { name, database }: PreparedBackup,
  { archiveBytes }: WrittenArchive,
): Promise<void> {
  const entry = { archiveBytes, verifiedAt: run.now().toISOString(), database };
  await saveLedger(run, { ...ledger, backups: { ...ledger.backups, [name]: entry } });
}

/**
 * Registers the new backup, before anything is removed because of it, then removes old backups of the same database.
 * The new file is complete and verified: problems here become warnings.
 */
export async function retain(
  run: BackupRun,
  ledger: Ledger,
  prepared: PreparedBackup,
  written: WrittenArchive,
): Promise<Pick<BackupResult, "decisions" | "removed" | "archives">> {
  const registered = await registerBackup(run, ledger, prepared, written);
  await saveLedger(run, registered);
  const decisions = await decideWithNew(run, registered, prepared);
  // Never the new one, whatever the clock says.
  const names = namesToRemove(decisions).filter((name) => name !== prepared.name);
  const removed = await removeBackups(run.folder, names, run.warn);
  if (removed.length > 0) await saveLedger(run, withoutBackups(registered, removed));
  return { decisions, removed, archives: decisions.length - removed.length };
}

async function registerBackup(
  run: BackupRun,
  ledger: Ledger,
  { name, database, keyCheck }: PreparedBackup,
  { archiveBytes, rows }: WrittenArchive,
): Promise<Ledger> {
  const at = run.now().toISOString();
  const present = new Set(await readdir(run.folder));
  const missing = Object.keys(ledger.backups).filter((each) => !present.has(each));
  const { backups, successes, ...rest } = withoutBackups(ledger, missing);
  const success = {
    at,
    elapsedMs: run.elapsedMs(),
    archiveBytes,
    rows,
    keyFits: keyFits(keyCheck.state),
  };
  return {
    ...rest,
    backups: { ...backups, [name]: { archiveBytes, verifiedAt: at, database } },
    successes: { ...successes, [database]: success },
  };
}

function keyFits(state: KeyState): boolean | null {
  return state === "untested" || state === "absent" ? null : state === "fits";
}

/** Decides as if `prepared.name` were in the folder, which it is not yet in a dry run. */
export async function decideWithNew(
  { folder, options, now }: BackupRun,
  ledger: Ledger,
  { name, database }: PreparedBackup,
): Promise<RetentionDecision[]> {
  const existing = await listBackups(folder, ledger).catch((error: NodeJS.ErrnoException) => {
    // A dry run does not create the folder.
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const { at } = parseBackupName(name)!;
  const candidates = existing.map(candidateOf).filter((candidate) => candidate.name !== name);
  candidates.push({ name, at, isRecorded: true, isVerified: true, database });
  // The name may be some seconds ahead of the clock (`freeName`).
  const latest = new Date(Math.max(now().getTime(), at.getTime()));
  return decideRetention(candidates, options.retention ?? {}, { now: latest, database });
}

async function saveLedger(run: BackupRun, ledger: Ledger): Promise<void> {
  try {
    await writeLedger(run.folder, ledger);
  } catch (error) {
    const message = `the folder's list of backups could not be written: ${(error as Error).message}; prune --adopt creates it again`;
    run.warn(warning("backup-state", null, message));
  }
}
