/** Records a drill in the ledger of the backup's folder. */
import type { SignKey } from "../../archive/signing/ed25519-key.ts";
import type { DrillReport } from "../../drill/report.ts";
import { type DrillFacts, withDrill } from "../backup-folder/drill-history.ts";
import { readLedger, updateLedger } from "../backup-folder/ledger.ts";
import { splitBackupPath } from "../backup-folder/split-path.ts";

/** Options of `recordDrill`. */
export interface RecordDrillOptions {
  /** Signs the record; from `readSignKey`. Default: no signature. */
  readonly signKey?: SignKey | undefined;
}

/**
 * Adds a drill to the history of its folder.
 * @returns false when the folder's ledger does not list the backup: it is no backup of ours, and nothing is recorded.
 * @throws NexushubDumpError (BUSY) while a backup runs for long; OutputError when the folder cannot be written to.
 */
export async function recordDrill(
  report: DrillReport,
  { signKey }: RecordDrillOptions = {},
): Promise<boolean> {
  if (report.archive === null) return false;
  const { folder, name } = splitBackupPath(report.archive);
  const { ledger } = await readLedger(folder);
  if (ledger.backups[name] === undefined) return false;
  await updateLedger(folder, (current) => {
    const database = current.backups[name]?.database ?? null;
    const facts = factsOf(report, name, database);
    return { ...current, drills: withDrill(current.drills ?? [], facts, signKey) };
  });
  return true;
}

function factsOf(report: DrillReport, archive: string, database: string | null): DrillFacts {
  return {
    at: report.startedAt,
    archive,
    sha256: report.archiveSha256,
    database,
    ok: report.ok,
    target: report.target,
    plainRole: report.plainRole,
    restoreMs: report.restoreMs,
    recoveryPoint: report.recoveryPoint,
    probes: report.probes.map(({ id, status }) => ({ id, status })),
  };
}
