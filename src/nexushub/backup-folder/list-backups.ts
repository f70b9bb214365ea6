/** Lists the backups in a folder together with what the ledger records about them. */
import { openFolder } from "../../store/open-folder.ts";
import { type BackupName, parseBackupName } from "./backup-name.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";

/** A backup in its folder. */
export interface BackupFile extends BackupName {
  /** A path, or the address in an object store. */
  readonly path: string;
  readonly archiveBytes: number;
  /** The ledger's entry for this file; null when there is none or the file has another size now. */
  readonly entry: LedgerEntry | null;
}

/** Lists the backups of a folder, newest first: regular files with the name of a backup. */
export async function listBackups(address: string, ledger: Ledger): Promise<BackupFile[]> {
  const backups: BackupFile[] = [];
  const folder = await openFolder(address);
  for (const { name, bytes: archiveBytes } of await folder.list()) {
    const parsed = parseBackupName(name);
    if (parsed === null) continue;
    const recorded = ledger.backups[name];
    const entry = recorded?.archiveBytes === archiveBytes ? recorded : null;
    backups.push({ ...parsed, path: folder.addressOf(name), archiveBytes, entry });
  }
  return backups.toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.name < b.name ? 1 : -1));
}
