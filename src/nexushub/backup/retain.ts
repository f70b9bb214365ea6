/** Registers a backup in the ledger and applies retention. */
import { openFolder } from "../../store/open-folder.ts";
import { hostname } from "node:os";
import { warning } from "../../warnings.ts";
import { parseBackupName } from "../backup-folder/backup-name.ts";
import { databaseNameOf } from "../backup-folder/database-identity.ts";
import { type Ledger, withoutBackups, writeLedger } from "../backup-folder/ledger.ts";
import type { KeyState } from "../keys/key-check.ts";
import type { RetentionCandidate } from "../retention/candidate.ts";
import { listCandidates, notCounted } from "../retention/candidates-in-folder.ts";
import type { RetentionDecision } from "../retention/decide.ts";
import { removeBackups } from "../retention/remove.ts";
import { decideAfterBackup, namesToRemoveAfter } from "./after-backup.ts";
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
  prepared: PreparedBackup,
  written: WrittenArchive,
): Promise<void> {
  await saveLedger(run, { ...ledger, backups: backupsWith(run, ledger, prepared, written) });
}

/** With the new backup, and with the digest of its base, which a ledger of an earlier version does not have. */
function backupsWith(
  run: BackupRun,
  { backups }: Ledger,
  { database }: PreparedBackup,
  written: WrittenArchive,
): Ledger["backups"] {
  const { name, archiveBytes, sha256, base, rows, bytes, tables } = written;
  const verifiedAt = run.now().toISOString();
  const facts = {
    host: hostname(),
    name: databaseNameOf(database),
    rows,
    bytes,
    partial: false,
    tables,
  };
  const needed = base === null ? undefined : backups[base.name];
  return {
    ...backups,
    ...(base === null || needed === undefined
      ? {}
      : { [base.name]: { ...needed, sha256: base.sha256 } }),
    [name]: { archiveBytes, verifiedAt, database, sha256, base: base?.sha256 ?? null, facts },
  };
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
  await removeUnverified(run, registered);
  const { name, sha256, base } = written;
  const added = { name, sha256, base: base?.sha256 ?? null };
  const decisions = await decideWithNew(run, registered, prepared, added);
  const names = namesToRemoveAfter(decisions, { name, base: base?.name ?? null });
  const removed = await removeBackups(run.folder, names, run.warn);
  if (removed.length > 0) await saveLedger(run, withoutBackups(registered, removed));
  return { decisions, removed, archives: decisions.length - removed.length };
}

async function registerBackup(
  run: BackupRun,
  ledger: Ledger,
  prepared: PreparedBackup,
  written: WrittenArchive,
): Promise<Ledger> {
  const { database, keyCheck } = prepared;
  const { archiveBytes, rows } = written;
  const at = run.now().toISOString();
  const present = new Set((await (await openFolder(run.folder)).list()).map((file) => file.name));
  const missing = Object.keys(ledger.backups).filter((each) => !present.has(each));
  const current = withoutBackups(ledger, missing);
  const success = {
    at,
    elapsedMs: run.elapsedMs(),
    archiveBytes,
    rows,
    keyFits: keyFits(keyCheck.state),
  };
  return {
    ...current,
    backups: backupsWith(run, current, prepared, written),
    successes: { ...current.successes, [database]: success },
  };
}

/** Not earlier: until there is a verified backup, one that a killed run left may be better than none. */
async function removeUnverified({ folder, warn }: BackupRun, { backups }: Ledger): Promise<void> {
  const opened = await openFolder(folder);
  await opened
    .removeUnverified((name) => name in backups)
    .catch((error: Error) => {
      const message = `an unverified backup of a killed run could not be removed: ${error.message}`;
      warn(warning("backup-state", null, message));
    });
}

function keyFits(state: KeyState): boolean | null {
  return state === "untested" || state === "absent" ? null : state === "fits";
}

/** Decides as if the new backup were in the folder, which it is not yet in a dry run. */
export async function decideWithNew(
  { folder, options, now, warn }: BackupRun,
  ledger: Ledger,
  { database }: PreparedBackup,
  { name, ...digests }: Pick<RetentionCandidate, "name" | "sha256" | "base">,
): Promise<RetentionDecision[]> {
  // A dry run does not create the folder.
  const isThere = await (await openFolder(folder)).exists();
  const existing = isThere ? await listCandidates(folder, ledger, options) : [];
  const { at, isDifferential } = parseBackupName(name)!;
  const candidates = existing.filter((candidate) => candidate.name !== name);
  const state = { isRecorded: true, isVerified: true, isDifferential };
  candidates.push({ name, at, ...state, database, ...digests });
  notCounted(candidates).forEach(warn);
  return decideAfterBackup(candidates, options.retention ?? {}, { name, now: now(), database });
}

async function saveLedger(run: BackupRun, ledger: Ledger): Promise<void> {
  try {
    await writeLedger(run.folder, ledger);
  } catch (error) {
    const message = `the folder's list of backups could not be written: ${(error as Error).message}; prune --adopt creates it again`;
    run.warn(warning("backup-state", null, message));
  }
}
