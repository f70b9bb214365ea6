/** NexusHub's drill: the newest backup of a folder, or one archive, with all probes. */
import { stat } from "node:fs/promises";
import { type AgeIdentities, decryptArchive } from "../archive/age.ts";
import { drill, type DrillOptions } from "../drill/drill.ts";
import type { DrillReport } from "../drill/report.ts";
import { UsageError } from "../errors.ts";
import { listBackups, readLedger } from "./ledger.ts";
import { nexusHubProbes, type NexusHubProbeOptions } from "./probes.ts";

export interface NexusHubDrillOptions extends Omit<DrillOptions, "probes">, NexusHubProbeOptions {
  /** With what an encrypted archive is read. */
  readonly decrypt?: AgeIdentities | undefined;
}

/**
 * Holds a drill with the newest backup of a folder, or with a file.
 * @throws UsageError only when there is no backup; whatever `drill` throws.
 */
export async function nexusHubDrill(
  fileOrFolder: string,
  options: NexusHubDrillOptions = {},
): Promise<DrillReport> {
  const path = await chooseBackup(fileOrFolder, options.now);
  const archive = options.decrypt === undefined ? path : decryptArchive(path, options.decrypt);
  const report = await drill(archive, { ...options, probes: nexusHubProbes(options) });
  return { ...report, archive: path };
}

/**
 * The newest backup of a folder by the time in its name; a file is itself.
 * @throws UsageError only when there is none.
 */
export async function chooseBackup(fileOrFolder: string, now = new Date()): Promise<string> {
  const found = await stat(fileOrFolder).catch(() => null);
  if (found === null)
    throw new UsageError("there is no such file or folder", { object: fileOrFolder });
  if (!found.isDirectory()) return fileOrFolder;
  const backups = await listBackups(fileOrFolder, (await readLedger(fileOrFolder)).ledger);
  // A name from the future is of a wrong clock: it says nothing of what is newest.
  const newest = backups.find(({ at }) => at <= now) ?? backups[0];
  if (newest === undefined) {
    throw new UsageError("the folder holds no backup", {
      object: fileOrFolder,
      hint: "backups are named nexushub-<time>.tar.gz; make one with the backup command",
    });
  }
  return newest.path;
}
