/** Records how a run ended: the failure count in the ledger, and the metrics file. */
import { warning } from "../../warnings.ts";
import { EMPTY_LEDGER, type Ledger, readLedger, writeLedger } from "../backup-folder/ledger.ts";
import { type BackupFile, listBackups } from "../backup-folder/list-backups.ts";
import { markStart, unendedText } from "../metrics/metrics-file.ts";
import { BACKUP_PREFIX, type BackupMetrics, readMetrics, writeMetrics } from "./metrics.ts";
import type { BackupOptions } from "./options.ts";
import { type BackupRun, startRun } from "./run.ts";
import { openFolder } from "../../store/open-folder.ts";
import { isStoreAddress } from "../../store/address.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

/** Records in the metrics that the run began; never throws. */
export async function recordStart(run: BackupRun): Promise<void> {
  const metricsFile = metricsFileOf(run);
  if (metricsFile === null) return;
  const unended = await markStart(metricsFile, BACKUP_PREFIX, run.startedAt).catch(() => null);
  if (unended !== null) run.warn(warning("backup-state", null, unendedText("backup", unended)));
}

/** Whether the node exporter reads a file of this name. */
export function isMetricsName(path: PathOrUrl): boolean {
  const text = pathText(path);
  return text.endsWith(".prom") && !isStoreAddress(text);
}

/** Null when no metrics are asked for, or nobody would read them. */
function metricsFileOf({ options: { metricsFile } }: BackupRun): string | null {
  return metricsFile !== undefined && isMetricsName(metricsFile) ? pathText(metricsFile) : null;
}

/**
 * Records a failure before `backup` was called: wrong options, a key file that cannot be read. Never throws.
 * @param options those that are known.
 */
export async function recordEarlyFailure(
  options: Pick<BackupOptions, "folder" | "metricsFile" | "dryRun">,
): Promise<void> {
  if (options.metricsFile === undefined || options.dryRun === true) return;
  await recordFailure(await startRun(options), { hasLock: false });
}

/** Writes the metrics after a success. A metrics file that cannot be written is a warning: it will be seen to grow old. */
export async function recordSuccess(run: BackupRun): Promise<void> {
  const metricsFile = metricsFileOf(run);
  if (metricsFile === null) return;
  try {
    const { ledger } = await readLedger(run.folder);
    const backups = await listBackups(run.folder, ledger);
    await saveMetrics(run, metricsFile, { ok: true, ledger, backups });
  } catch (error) {
    const message = `the metrics could not be written: ${(error as Error).message}`;
    run.warn(warning("backup-state", null, message));
  }
}

/**
 * Counts a failure and writes the metrics, as far as possible; never throws, because the caller must see the failure.
 * @param hasLock only the run that holds the folder's lock may write its ledger.
 * @param isComplete whether the backup is complete, and only its copy failed: the run is no success all the same.
 */
export async function recordFailure(
  run: BackupRun,
  { hasLock, isComplete = false }: { readonly hasLock: boolean; readonly isComplete?: boolean },
): Promise<void> {
  // Read again: the backup may be complete and registered, and a later step failed.
  const { ledger } = await readLedger(run.folder).catch(() => ({ ledger: EMPTY_LEDGER }));
  const backups = await listBackups(run.folder, ledger).catch(() => []);
  // A folder without backups needs no list of them.
  const isUsed = backups.length > 0 || Object.keys(ledger.successes).length > 0;
  const counted = { ...ledger, failures: ledger.failures + 1 };
  if (hasLock && isUsed) await writeLedger(run.folder, counted).catch(() => undefined);
  const metricsFile = metricsFileOf(run);
  if (metricsFile === null) return;
  const counting = isComplete ? { ...ledger, successes: {} } : ledger;
  const outcome = { ok: false, ledger: counting, backups };
  await saveMetrics(run, metricsFile, outcome).catch(() => undefined);
}

interface Outcome {
  readonly ok: boolean;
  readonly ledger: Ledger;
  readonly backups: readonly BackupFile[];
}

/**
 * Writes the metrics file. What outlives a run is taken from the ledger and from the file itself, because a run may fail
 * before it knows its database, or where the ledger cannot be read or written.
 */
async function saveMetrics(
  run: BackupRun,
  metricsFile: string,
  { ok, ledger, backups }: Outcome,
): Promise<void> {
  const earlier = await readMetrics(metricsFile);
  const failures = Math.max(ledger.failures, earlier?.failures ?? 0);
  const at = run.now();
  const successes = [successInLedger(ledger, run.database), earlier?.success ?? null];
  await writeMetrics(metricsFile, {
    at,
    ok,
    // A time that a wrong clock gave would look fresh until it is reached.
    success: newest(successes.filter((each) => each === null || each.at <= at)),
    failures: ok ? failures : failures + 1,
    archives: backups.length,
    startedAt: run.startedAt,
    warnings: run.warnings.length,
    freeBytes: await (await openFolder(run.folder)).freeBytes(),
    oldestVerifiedAt: oldestVerification(backups),
  });
}

/** Null when no backup was ever verified. */
function oldestVerification(backups: readonly BackupFile[]): Date | null {
  const times = backups.flatMap(({ entry }) => entry?.verifiedAt ?? []).toSorted();
  return times[0] === undefined ? null : new Date(times[0]);
}

type Success = BackupMetrics["success"];

/** The last success of a database; of the only one in the folder, when the run does not know its own. */
function successInLedger({ successes }: Ledger, database: string | null): Success {
  const only = Object.keys(successes).length === 1 ? Object.keys(successes)[0] : undefined;
  const last = successes[database ?? only ?? ""];
  return last === undefined ? null : { ...last, at: new Date(last.at) };
}

function newest(successes: readonly Success[]): Success {
  return successes.reduce((a, b) => (a === null || (b !== null && b.at > a.at) ? b : a), null);
}
