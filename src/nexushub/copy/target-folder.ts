/** The folder that copies are written into: locked, without what killed runs left, and with its ledger. */
import type { ArchiveFolder, Lock } from "../../store/folder.ts";
import { openFolder } from "../../store/open-folder.ts";
import { outputError } from "../../util/output-error.ts";
import { type Warning, warning } from "../../warnings.ts";
import { parseBackupName } from "../backup-folder/backup-name.ts";
import {
  LEDGER_NAME,
  type Ledger,
  type LedgerEntry,
  readLedger,
  writeLedger,
} from "../backup-folder/ledger.ts";
import { lockForWriting } from "../backup-folder/writing-lock.ts";

export interface TargetFolder {
  readonly folder: ArchiveFolder;
  readonly lock: Lock;
  /** The ledger as it was read, with the copies since. */
  ledger: Ledger;
}

/**
 * Opens a folder to copy into, and holds its lock meanwhile.
 * @param name of a file beside backups that killed runs may have begun; null when only backups are copied.
 * @throws NexushubDumpError (BUSY) only when another run holds the lock; OutputError when it cannot be written to.
 */
export async function withTargetFolder<T>(
  address: string,
  name: string | null,
  warn: (problem: Warning) => void,
  body: (target: TargetFolder) => Promise<T>,
): Promise<T> {
  const folder = await openFolder(address);
  let lock: Lock | undefined;
  try {
    lock = await lockForWriting(folder);
    await folder.removeLeftovers(
      (each) => each === name || each === LEDGER_NAME || parseBackupName(each) !== null,
    );
    const { ledger, problem } = await readLedger(address);
    if (problem !== null) warn(warning("backup-state", null, problem));
    return await body({ folder, lock, ledger });
  } catch (error) {
    throw outputError(error, address);
  } finally {
    await lock?.release();
  }
}

/** Records a copy in the ledger. Throws what the folder throws. */
export async function recordCopy(
  target: TargetFolder,
  name: string,
  entry: LedgerEntry,
): Promise<void> {
  const ledger = { ...target.ledger, backups: { ...target.ledger.backups, [name]: entry } };
  await writeLedger(target.folder.address, ledger);
  target.ledger = ledger;
}
