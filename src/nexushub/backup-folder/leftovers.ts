/** Removes what killed runs left in a backup folder: unfinished backups, and drafts of the ledger or the lock. */
import { openFolder } from "../../store/open-folder.ts";
import { parseBackupName } from "./backup-name.ts";
import { LEDGER_NAME } from "./ledger.ts";

/**
 * Removes what killed runs left in a backup folder. Call it only while no other run can use the folder.
 * @returns how many were removed.
 */
export async function removeLeftovers(address: string): Promise<number> {
  const folder = await openFolder(address);
  return folder.removeLeftovers((name) => name === LEDGER_NAME || parseBackupName(name) !== null);
}
