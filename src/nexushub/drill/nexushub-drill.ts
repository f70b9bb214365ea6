/** NexusHub's drill: the newest backup of a folder, or one archive, with all probes. */
import { stat } from "node:fs/promises";
import { type AgeIdentities, decryptArchive, isEncrypted } from "../../archive/encryption/age.ts";
import { drill, type DrillOptions } from "../../drill/drill.ts";
import type { DrillReport } from "../../drill/report.ts";
import { UsageError } from "../../errors.ts";
import { listBackups, readLedger } from "../backup-folder/ledger.ts";
import { nexusHubProbes, type NexusHubProbeOptions } from "./probes.ts";

export interface NexusHubDrillOptions extends Omit<DrillOptions, "probes">, NexusHubProbeOptions {
  /** With what an encrypted archive is read. */
  readonly decrypt?: AgeIdentities | undefined;
}

/**
 * Holds a drill with the newest backup of a folder, or with a file. An older backup is never taken because the newest is
 * encrypted: that would prove another one than the operator has to rely on.
 * @throws UsageError only when there is no backup, or it is encrypted and `decrypt` is missing; whatever `drill` throws.
 */
export async function nexusHubDrill(
  fileOrFolder: string,
  options: NexusHubDrillOptions = {},
): Promise<DrillReport> {
  const path = await chooseBackup(fileOrFolder, options.now);
  if (options.decrypt === undefined && (await isEncrypted(path))) {
    throw new UsageError("the backup is encrypted, and nothing to read it with was given", {
      object: path,
      hint: "pass --identity with the file of its age identity, or --passphrase-file; where that must not lie on this host, hold the drill with a copy of the backup where it does",
    });
  }
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
