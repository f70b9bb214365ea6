/** Records how a run ended: the failure count in the ledger, and the metrics file. */
import { warning } from "../../warnings.ts";
import { EMPTY_LEDGER, type Ledger, readLedger, writeLedger } from "../backup-folder/ledger.ts";
import { listBackups } from "../backup-folder/list-backups.ts";
import { type BackupMetrics, readMetrics, writeMetrics } from "./metrics.ts";
import type { BackupRun } from "./run.ts";

/** Writes the metrics after a success. A metrics file that cannot be written is a warning: it will be seen to grow old. */
export async function recordSuccess(run: BackupRun, archives: number): Promise<void> {
  try {
    const { ledger } = await readLedger(run.folder);
    await saveMetrics(run, ledger, { ok: true, archives });
  } catch (error) {
    const message = `the metrics could not be written: ${(error as Error).message}`;
    run.warn(warning("backup-state", null, message));
  }
}

/**
 * Counts a failure and writes the metrics, as far as possible; never throws, because the caller must see the failure.
 * @param hasLock only the run that holds the folder's lock may write its ledger.
 */
export async function recordFailure(
  run: BackupRun,
  { hasLock }: { readonly hasLock: boolean },
): Promise<void> {
  // Read again: the backup may be complete and registered, and a later step failed.
  const { ledger } = await readLedger(run.folder).catch(() => ({ ledger: EMPTY_LEDGER }));
  const counted = { ...ledger, failures: ledger.failures + 1 };
  if (hasLock) await writeLedger(run.folder, counted).catch(() => undefined);
  const archives = (await listBackups(run.folder, ledger).catch(() => [])).length;
  await saveMetrics(run, ledger, { ok: false, archives }).catch(() => undefined);
}

/**
 * Writes the metrics file. What outlives a run is taken from the ledger and from the file itself, because a run may fail
 * before it knows its database, or where the ledger cannot be read or written.
 */
async function saveMetrics(
  run: BackupRun,
  ledger: Ledger,
  { ok, archives }: Pick<BackupMetrics, "ok" | "archives">,
): Promise<void> {
  const { metricsFile } = run.options;
  if (metricsFile === undefined) return;
  const earlier = await readMetrics(metricsFile);
  const failures = Math.max(ledger.failures, earlier?.failures ?? 0);
  await writeMetrics(metricsFile, {
    at: run.now(),
    ok,
    success: newest([successInLedger(ledger, run.database), earlier?.success ?? null]),
    failures: ok ? failures : failures + 1,
    archives,
  });
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
