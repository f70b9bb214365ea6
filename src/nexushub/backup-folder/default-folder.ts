/** The folder for backups when none is named. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

const STATE_FOLDER = "/var/lib/nexushub";
const SYSTEM_FOLDER = "/var/backups/nexushub";

/** Returns `/var/backups/nexushub` on a host with NexusHub's state folder, else `backups` in the current folder. */
export async function defaultFolder(cwd: PathOrUrl = process.cwd()): Promise<string> {
  const isInstalled = await stat(STATE_FOLDER).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  return isInstalled ? SYSTEM_FOLDER : join(pathText(cwd), "backups");
}
