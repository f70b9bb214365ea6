/** The folder for backups when none is named. */
import { stat } from "node:fs/promises";
import { join } from "node:path";

const STATE_FOLDER = "/var/lib/nexushub";
const SYSTEM_FOLDER = "/var/backups/nexushub";

/** Returns `/var/backups/nexushub` on a host with NexusHub's state folder, else `backups` in the current folder. */
export async function defaultFolder(cwd: string = process.cwd()): Promise<string> {
  const isInstalled = await stat(STATE_FOLDER).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  return isInstalled ? SYSTEM_FOLDER : join(cwd, "backups");
}
