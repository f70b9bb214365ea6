/** What a backup run leaves behind for those who watch: the ledger's count of failures, and the metrics file. */
import {
  EMPTY_LEDGER,
  type Ledger,
  listBackups,
  readLedger,
  writeLedger,
} from "../backup-folder/ledger.ts";
import { type BackupMetrics, writeMetrics } from "./metrics.ts";

/** The parts of a run that matter here. */
export interface Outcome {
  readonly folder: string;
  readonly options: {
    readonly metricsFile?: string | undefined;
    readonly now?: (() => Date) | undefined;
  };
}

/** Writes the metrics of a run that succeeded and whose ledger is written. Throws what the file system throws. */
export async function recordSuccess(outcome: Outcome, archives: number): Promise<void> {
  const { folder, options } = outcome;
  if (options.metricsFile === undefined) return;
  const { ledger } = await readLedger(folder);
  await writeMetrics(options.metricsFile, metricsOf(outcome, ledger, true, archives));
}

/** Counts a failure and writes the metrics, as far as it can: the reason for the failure is what the caller must see. */
export async function recordFailure(outcome: Outcome): Promise<void> {
  const { folder, options } = outcome;
  // Read again: a backup can be complete and noted, and what comes after it fail.
  const { ledger: before } = await readLedger(folder).catch(() => ({ ledger: EMPTY_LEDGER }));
  const ledger = { ...before, failures: before.failures + 1 };
  await writeLedger(folder, ledger).catch(() => undefined);
  if (options.metricsFile === undefined) return;
  const archives = (await listBackups(folder, ledger).catch(() => [])).length;
  const metrics = metricsOf(outcome, ledger, false, archives);
  await writeMetrics(options.metricsFile, metrics).catch(() => undefined);
}

function metricsOf(
  { options }: Outcome,
  { lastSuccess, failures }: Ledger,
  ok: boolean,
  archives: number,
): BackupMetrics {
  return {
    at: options.now?.() ?? new Date(),
    ok,
    success: lastSuccess === null ? null : { ...lastSuccess, at: new Date(lastSuccess.at) },
    failures,
    archives,
  };
}
