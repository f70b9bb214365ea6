/** The doctor's check that every differential backup has the full one that it needs. */
import { listed, plural } from "../../util/format.ts";
import { readLedger } from "../backup-folder/ledger.ts";
import { type BackupFile, listBackups } from "../backup-folder/list-backups.ts";
import { withoutBase } from "../retention/bases.ts";
import { candidateOf } from "../retention/remove.ts";
import { failure, type Finding, ok } from "./finding.ts";

async function backupsIn(folder: string): Promise<BackupFile[]> {
  const { ledger } = await readLedger(folder);
  return listBackups(folder, ledger).catch(() => []);
}

/** Whether the folder has a differential backup. */
export async function hasDifferential(folder: string): Promise<boolean> {
  return (await backupsIn(folder)).some(({ isDifferential }) => isDifferential);
}

export async function basesFinding(folder: string): Promise<Finding> {
  const backups = await backupsIn(folder);
  const missing = withoutBase(backups.map(candidateOf));
  const count = backups.filter(({ isDifferential }) => isDifferential).length;
  if (missing.length === 0)
    return ok(`${plural(count, "differential backup")}, each with its base`);
  return failure(
    `without their base, these cannot be restored: ${listed(missing)}`,
    "put the full backup back that inspect names; otherwise remove them",
  );
}
