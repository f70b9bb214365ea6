/**
 * Copies a backup that is complete to another place, and with it earlier ones that are missing there: what one run could not
 * copy, the next one does. Retention there is that of the copies alone.
 */
import { type ErrorFacts, isNexushubDumpError, NexushubDumpError } from "../../errors.ts";
import { openFolder } from "../../store/open-folder.ts";
import { plural } from "../../util/format.ts";
import { splitBackupPath } from "../backup-folder/split-path.ts";
import { EMPTY_LEDGER, withoutBackups, writeLedger } from "../backup-folder/ledger.ts";
import { type BackupFile, listBackups } from "../backup-folder/list-backups.ts";
import { type ChooseBackups, copyChosen, readSource } from "../copy/copy-backups.ts";
import type { CopiedArchive, CopyResult } from "../copy/options.ts";
import { type FolderState, planCopies } from "../copy/plan.ts";
import type { TargetFolder } from "../copy/target-folder.ts";
import type { RetentionCandidate } from "../retention/candidate.ts";
import { candidatesOf, listCandidates, notCounted } from "../retention/candidates-in-folder.ts";
import type { RetentionDecision } from "../retention/decide.ts";
import { namesToRemove, removeBackups } from "../retention/remove.ts";
import { decideAfterBackup, namesToRemoveAfter } from "./after-backup.ts";
import type { BackupCopy, BackupResult } from "./options.ts";
import type { BackupRun } from "./run.ts";

/**
 * @throws NexushubDumpError (COPY_FAILED) when a backup could not be copied: then nothing was removed there; AbortedError.
 */
export async function copyAway(
  run: BackupRun,
  to: string,
  { path, base }: Pick<BackupResult, "path" | "base">,
): Promise<BackupCopy> {
  const { signal, onProgress, identities, onCopy } = run.options;
  const { name } = splitBackupPath(path);
  onCopy?.(path);
  let removed: readonly string[] = [];
  let archives = 0;
  const afterwards = async (
    target: TargetFolder,
    copies: readonly CopiedArchive[],
  ): Promise<void> => {
    if (copies.some(({ state }) => state === "failed")) return;
    removed = await retainCopies(run, target, name, base);
    archives = (await listBackups(target.folder.address, target.ledger)).length;
  };
  const { now } = run;
  const choose: ChooseBackups = (source, target) => chooseByRules(run, name, source, target);
  const result = await copyChosen(
    run.folder,
    to,
    { signal, onProgress, identities, now },
    { choose, afterwards },
  ).catch((error: unknown) => {
    if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
    throw copyFailed(path, error.message, { hint: error.hint, cause: error });
  });
  // They were reported already.
  run.warnings.push(...result.warnings);
  refuseFailed(path, result);
  const copied = result.archives.map((archive) => archive.name);
  return { to: result.to, copied, archiveBytes: result.archiveBytes, removed, archives };
}

/** What would be copied, with the backup that would be made. Changes nothing. */
export async function planCopy(run: BackupRun, to: string, name: string): Promise<BackupCopy> {
  const [source, target] = [await stateOf(run, run.folder), await stateOf(run, to)];
  const isChosen = await chooseByRules(run, name, source, target);
  const { steps } = planCopies(source, target, isChosen);
  const copied = [
    name,
    ...steps.filter(({ action }) => action !== "refuse").map(({ file }) => file.name),
  ];
  return {
    to,
    copied,
    archiveBytes: 0,
    removed: [],
    archives: target.files.length + copied.length,
  };
}

/** Of a folder that is not there yet, too. */
async function stateOf(run: BackupRun, address: string): Promise<FolderState> {
  const isThere = await (await openFolder(address)).exists();
  return isThere ? readSource(address, run.warn) : { files: [], ledger: EMPTY_LEDGER };
}

/**
 * Those of the database that the rules keep in the folder of the copies: others would be removed there again.
 * @param name of the new backup, which is copied whatever the clock says.
 */
async function chooseByRules(
  run: BackupRun,
  name: string,
  source: FolderState,
  target: FolderState,
): Promise<(file: BackupFile) => boolean> {
  const { drills } = target.ledger;
  const there = await candidatesOf(target.files, drills, run.options);
  const names = new Set(there.map((candidate) => candidate.name));
  const isOfDatabase = ({ entry }: BackupFile): boolean =>
    entry !== null &&
    entry.database === run.database &&
    entry.verifiedAt !== null &&
    entry.damagedAt === undefined;
  const missing = source.files.filter((file) => isOfDatabase(file) && !names.has(file.name));
  // As they will be there: the drills of the source do not count.
  const candidates = [...there, ...(await candidatesOf(missing, drills, run.options))];
  const removed = new Set(namesToRemove(decide(run, candidates, name)));
  return (file) => file.name === name || (isOfDatabase(file) && !removed.has(file.name));
}

function decide(
  { options, now, database }: BackupRun,
  candidates: readonly RetentionCandidate[],
  name: string,
): RetentionDecision[] {
  const { retention = {}, copyRetention = retention } = options;
  return decideAfterBackup(candidates, copyRetention, {
    name,
    now: now(),
    database: database ?? undefined,
  });
}

async function retainCopies(
  run: BackupRun,
  target: TargetFolder,
  name: string,
  base: string | null,
): Promise<readonly string[]> {
  const { address } = target.folder;
  const candidates = await listCandidates(address, target.ledger, run.options);
  notCounted(candidates).forEach(run.warn);
  const names = namesToRemoveAfter(decide(run, candidates, name), { name, base });
  const removed = await removeBackups(address, names, run.warn);
  target.ledger = withoutBackups(target.ledger, removed);
  if (removed.length > 0) await writeLedger(address, target.ledger);
  return removed;
}

function refuseFailed(path: string, { archives, to }: CopyResult): void {
  const failed = archives.filter(({ state }) => state === "failed");
  const [first] = failed;
  if (first === undefined) return;
  const count = plural(failed.length, "backup");
  throw copyFailed(path, `${count} could not be copied to ${to}: ${first.name}: ${first.message}`);
}

function copyFailed(path: string, reason: string, facts: ErrorFacts = {}): NexushubDumpError {
  return new NexushubDumpError(
    "COPY_FAILED",
    `the backup ${path} is complete, and its copy failed: ${reason}`,
    { ...facts, object: path },
  );
}
