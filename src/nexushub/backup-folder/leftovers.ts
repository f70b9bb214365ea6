/** Removes what killed runs left in a backup folder: unfinished backups, and drafts of the ledger or the lock. */
import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { finalName, listLeftovers } from "../../util/temp-file.ts";
import { parseBackupName } from "./backup-name.ts";
import { LEDGER_NAME } from "./ledger.ts";
import { LOCK_NAME } from "./lock-record.ts";

/**
 * Removes the temporary files of killed runs from a backup folder. Call it only while no other run can use the folder.
 * @returns the number of files removed.
 */
export async function removeLeftovers(folder: string): Promise<number> {
  let removed = 0;
  for (const path of await listLeftovers(folder, { isLocked: true })) {
    const name = finalName(basename(path));
    if (name !== LEDGER_NAME && name !== LOCK_NAME && parseBackupName(name) === null) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}
