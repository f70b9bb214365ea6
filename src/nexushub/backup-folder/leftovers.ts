/** Removes what killed runs left in a backup folder: unfinished backups, and drafts of the ledger, the lock or metrics. */
import { rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { listLeftovers, parseTemporaryName } from "../../util/temp-file.ts";
import { parseBackupName } from "./backup-name.ts";
import { LEDGER_NAME } from "./ledger.ts";
import { LOCK_NAME } from "./lock-record.ts";

/**
 * Removes the temporary files of killed runs from a backup folder. Call it only while no other run can use the folder.
 * @returns the number of files removed.
 */
export async function removeLeftovers(folder: string): Promise<number> {
  return removeTemporaryFiles(
    folder,
    (name) => name === LEDGER_NAME || name === LOCK_NAME || parseBackupName(name) !== null,
  );
}

/** Removes the temporary files of killed runs that were writing a file. */
export async function removeLeftoversOf(path: string): Promise<void> {
  await removeTemporaryFiles(dirname(path), (name) => name === basename(path));
}

async function removeTemporaryFiles(
  folder: string,
  isOurs: (name: string) => boolean,
): Promise<number> {
  let removed = 0;
  for (const path of await listLeftovers(folder)) {
    if (!isOurs(targetName(basename(path)))) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}

/** The name that a temporary file would have got in the end: an archive's sink adds a temporary name of its own. */
function targetName(name: string): string {
  const target = parseTemporaryName(name)?.name;
  return target === undefined ? name : targetName(target);
}
