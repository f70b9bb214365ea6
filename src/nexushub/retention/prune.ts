/** Applies retention to a folder of backups. */
import type { AgeIdentities } from "../../archive/encryption/age.ts";
import type { VerifyKey } from "../../archive/signing/ed25519-key.ts";
import { requirePath } from "../../sql/conninfo/require-path.ts";
import { openFolder } from "../../store/open-folder.ts";
import { outputError } from "../../util/output-error.ts";
import { type Warning, warning } from "../../warnings.ts";
import { type Ledger, readLedger, withoutBackups, writeLedger } from "../backup-folder/ledger.ts";
import { removeLeftovers } from "../backup-folder/leftovers.ts";
import { listCandidates, notCounted } from "./candidates-in-folder.ts";
import { decideRetention, type RetentionDecision, type RetentionPolicy } from "./decide.ts";
import { registerBackups } from "./register.ts";
import { namesToRemove, removeBackups } from "./remove.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

/** Options of `prune`. */
export interface PruneOptions {
  readonly retention?: RetentionPolicy | undefined;
  /** Decide, and remove nothing. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** Verify backups that the folder's ledger does not list, and register those that are intact. Default: false. */
  readonly adopt?: boolean | undefined;
  /**
   * One of these must have signed a backup, or it is kept and does not count: whoever can write to the folder cannot push out
   * signed backups with others. From `readVerifyKeys`. Default: any backup counts.
   */
  readonly verifyKeys?: readonly VerifyKey[] | undefined;
  /** Open encrypted backups, to read their signatures, and to adopt them. */
  readonly identities?: AgeIdentities | undefined;
  /** Default: the clock. */
  readonly now?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The result of `prune`. */
export interface PruneResult {
  readonly folder: string;
  readonly dryRun: boolean;
  /** Newest first. */
  readonly decisions: readonly RetentionDecision[];
  /** Names of the removed files; with `dryRun`, of those that would be removed. */
  readonly removed: readonly string[];
  readonly warnings: readonly Warning[];
}

/**
 * Removes the backups of a folder that no rule keeps, separately for each database. Works on a full disk too.
 * @throws NexushubDumpError (BUSY) while a backup into the folder runs; UsageError for rules that keep nothing;
 *   OutputError when the folder cannot be written to.
 */
export async function prune(
  folderOrUrl: PathOrUrl,
  options: PruneOptions = {},
): Promise<PruneResult> {
  const folder = pathText(folderOrUrl);
  requirePath(folder, "folder");
  if (options.dryRun === true) {
    const { decisions, warnings } = await inspectFolder(folder, options);
    return { folder, dryRun: true, decisions, removed: namesToRemove(decisions), warnings };
  }
  const early: RetentionDecision[] = [];
  const makeRoom = async (): Promise<boolean> => {
    const removed = await removeUnlocked(folder, options);
    early.push(...removed);
    return removed.length + (await removeLeftovers(folder)) > 0;
  };
  const lock = await openFolder(folder)
    .then((opened) => opened.takeLock({ makeRoom }))
    .catch((error: unknown) => {
      throw outputError(error, folder);
    });
  try {
    return await pruneLocked(folder, options, early);
  } catch (error) {
    throw outputError(error, folder);
  } finally {
    await lock.release();
  }
}

/** On a full disk the lock file has no room, and nobody holds the lock: removes what no rule keeps, to make room for it. */
async function removeUnlocked(folder: string, options: PruneOptions): Promise<RetentionDecision[]> {
  const { decisions } = await inspectFolder(folder, { ...options, adopt: false });
  const removed = await removeBackups(folder, namesToRemove(decisions), () => undefined);
  return decisions.filter(({ name }) => removed.includes(name));
}

async function pruneLocked(
  folder: string,
  options: PruneOptions,
  early: readonly RetentionDecision[],
): Promise<PruneResult> {
  const { onDisk, ledger, decisions, warnings } = await inspectFolder(folder, options);
  await removeLeftovers(folder);
  const removed = await removeBackups(folder, namesToRemove(decisions), (problem) =>
    warnings.push(problem),
  );
  const allRemoved = [...removed, ...early.map(({ name }) => name)];
  const next = withoutBackups(ledger, allRemoved);
  // An unchanged ledger is not written: that would need space on a full disk, and replace one that cannot be read.
  if (JSON.stringify(next) !== JSON.stringify(onDisk))
    await writeLedger(folder, next).catch((error: Error) => {
      const message = `the folder's list of backups could not be written: ${error.message}`;
      warnings.push(warning("backup-state", null, message));
    });
  return {
    folder,
    dryRun: false,
    decisions: [...decisions, ...early].toSorted((a, b) => (a.name < b.name ? 1 : -1)),
    removed: allRemoved,
    warnings,
  };
}

interface FolderState {
  /** The ledger as it was read. */
  readonly onDisk: Ledger;
  /** With the backups that were registered now. */
  readonly ledger: Ledger;
  readonly decisions: RetentionDecision[];
  readonly warnings: Warning[];
}

async function inspectFolder(folder: string, options: PruneOptions): Promise<FolderState> {
  const { retention = {}, adopt = false, now = new Date(), identities, signal } = options;
  const { ledger: onDisk, problem } = await readLedger(folder);
  const ledger = adopt
    ? await registerBackups(folder, onDisk, { now, identities, signal })
    : onDisk;
  const candidates = await listCandidates(folder, ledger, options);
  const problems = problem === null ? [] : [warning("backup-state", null, problem)];
  return {
    onDisk,
    ledger,
    decisions: decideRetention(candidates, retention, { now }),
    warnings: [...problems, ...notCounted(candidates)],
  };
}
