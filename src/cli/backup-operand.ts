/** A backup as operators name it: a file, a folder, which stands for the newest backup in it, or `latest`. */
import { existsSync } from "node:fs";
import type { Console } from "./console.ts";

/** Stands for the default folder; `./latest` is a file of this name. */
export const LATEST = "latest";

/** @throws UsageError when a folder holds no backup. */
export async function backupOperand(
  operand: string | undefined,
  console: Console,
): Promise<string | undefined> {
  if (operand === undefined || operand === "-") return operand;
  const { isBackupFolder } = await import("../nexushub/backup-folder/is-folder.ts");
  const isLatest = operand === LATEST;
  if (!isLatest && !(await isBackupFolder(operand))) return operand;
  const { defaultFolder } = await import("../nexushub/backup-folder/default-folder.ts");
  const { chooseBackup } = await import("../nexushub/drill/nexushub-drill.ts");
  const path = await chooseBackup(isLatest ? await defaultFolder() : operand);
  console.say("info", `the newest backup is ${path}`);
  return path;
}

/** Whether it stands for a backup: of a file, its folder must list it. So does a path at which there is nothing. */
export async function isListed(operand: string | undefined): Promise<boolean> {
  if (operand === undefined || operand === LATEST) return true;
  const { isBackupFolder } = await import("../nexushub/backup-folder/is-folder.ts");
  if (await isBackupFolder(operand)) return true;
  const { isStoreAddress } = await import("../store/address.ts");
  if (!isStoreAddress(operand) && !existsSync(operand)) return true;
  const { readLedger } = await import("../nexushub/backup-folder/ledger.ts");
  const { splitBackupPath } = await import("../nexushub/backup-folder/split-path.ts");
  const { folder, name } = splitBackupPath(operand);
  const { ledger, problem } = await readLedger(folder);
  return problem !== null || Object.hasOwn(ledger.backups, name);
}
