/** Lists the backups in a folder together with what the ledger records about them. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type BackupName, parseBackupName } from "./backup-name.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";

/** A backup in its folder. */
export interface BackupFile extends BackupName {
  readonly path: string;
  readonly archiveBytes: number;
  /** The ledger's entry for this file; null when there is none or the file has another size now. */
  readonly entry: LedgerEntry | null;
}

/** Lists the backups of a folder, newest first: regular files with the name of a backup. */
export async function listBackups(folder: string, ledger: Ledger): Promise<BackupFile[]> {
  const backups: BackupFile[] = [];
  for (const item of await readdir(folder, { withFileTypes: true })) {
    const name = item.isFile() ? parseBackupName(item.name) : null;
    if (name === null) continue;
    const path = join(folder, item.name);
    // Null when somebody removed the file after it was listed.
    const archiveBytes = await stat(path).then(
      ({ size }) => size,
      () => null,
    );
    if (archiveBytes === null) continue;
    const recorded = ledger.backups[item.name];
    const entry = recorded?.archiveBytes === archiveBytes ? recorded : null;
    backups.push({ ...name, path, archiveBytes, entry });
  }
  return backups.toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.name < b.name ? 1 : -1));
}
