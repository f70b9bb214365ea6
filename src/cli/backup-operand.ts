/** A backup as operators name it: a file, a folder, which stands for the newest backup in it, or `latest`. */
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
