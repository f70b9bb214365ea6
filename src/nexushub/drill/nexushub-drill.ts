/** NexusHub's drill: restores the newest backup of a folder, one archive, or a plain dump, and runs all probes. */
import { stat } from "node:fs/promises";
import {
  type AgeIdentities,
  decryptArchive,
  isEncrypted,
  refusePlain,
} from "../../archive/encryption/age.ts";
import type { VerifyKey } from "../../archive/signing/ed25519-key.ts";
import { requireSigned } from "../../archive/signing/signed-archive.ts";
import type { ArchiveStore } from "../../archive/storage/store.ts";
import { drill } from "../../drill/drill.ts";
import type { DrillOptions } from "../../drill/options.ts";
import type { DrillReport } from "../../drill/report.ts";
import { UsageError } from "../../errors.ts";
import { requirePath } from "../../sql/conninfo/require-path.ts";
import { isBackupFolder } from "../backup-folder/is-folder.ts";
import { isStoreAddress, withoutOptions } from "../../store/address.ts";
import { listBackups } from "../backup-folder/list-backups.ts";
import { readLedger } from "../backup-folder/ledger.ts";
import { noBackup } from "../backup-folder/no-backup.ts";
import { splitBackupPath } from "../backup-folder/split-path.ts";
import type { NexusHubProbeOptions } from "./options.ts";
import { nexusHubProbes } from "./probes.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

export interface NexusHubDrillOptions extends Omit<DrillOptions, "probes">, NexusHubProbeOptions {
  /** Identities or a passphrase for an encrypted archive. */
  readonly decrypt?: AgeIdentities | undefined;
  /** Take a backup that is not encrypted, although `decrypt` is given or its name ends in `.age`. Default: false. */
  readonly allowPlain?: boolean | undefined;
  /** One of these must have signed the archive. Default: any archive will do. */
  readonly verifyKeys?: readonly VerifyKey[] | undefined;
}

/**
 * Runs a drill with the newest backup of a folder, or with a file. When the newest backup is encrypted, an older one is
 * not used instead: the drill would verify another backup than the one that the operator relies on.
 * @throws UsageError only when there is no backup, or it is encrypted and `decrypt` is missing; and the errors of `drill`.
 */
export async function nexusHubDrill(
  fileOrFolder: PathOrUrl,
  options: NexusHubDrillOptions = {},
): Promise<DrillReport> {
  const path = await chooseBackup(fileOrFolder, options.now);
  if (options.decrypt === undefined && (await isEncrypted(path))) {
    throw new UsageError("the backup is encrypted, and no identity or passphrase was given", {
      object: path,
      hint: "pass --identity with the file of its age identity, or --passphrase-file; if that file must not be on this host, run the drill with a copy of the backup on a host where it is",
    });
  }
  const decrypted = decryptedBackup(path, options);
  const archive =
    options.verifyKeys === undefined ? decrypted : requireSigned(decrypted, options.verifyKeys);
  const report = await drill(archive, { ...options, probes: nexusHubProbes(options) });
  return { ...report, archive: path, host: await hostOf(path) };
}

/** The archive does not say which machine made it; the ledger of its folder does. */
async function hostOf(path: string): Promise<string | null> {
  const { folder, name } = splitBackupPath(path);
  return (await readLedger(folder)).ledger.backups[name]?.facts?.host ?? null;
}

function decryptedBackup(
  path: string,
  { decrypt, allowPlain = false }: NexusHubDrillOptions,
): string | ArchiveStore {
  if (decrypt !== undefined) return decryptArchive(path, { allowPlain, ...decrypt });
  return withoutOptions(path).endsWith(".age") && !allowPlain ? refusePlain(path) : path;
}

/**
 * Returns the newest backup of a folder, by the time in its name; a path of a file is returned as it is.
 * @throws UsageError only when there is no backup, or it is a connection string.
 */
export async function chooseBackup(backup: PathOrUrl, now = new Date()): Promise<string> {
  const fileOrFolder = pathText(backup);
  requirePath(fileOrFolder, "archive");
  if (!(await isFolder(fileOrFolder))) return fileOrFolder;
  const backups = await listBackups(fileOrFolder, (await readLedger(fileOrFolder)).ledger);
  // A time in the future comes from a wrong clock and does not mean that the backup is the newest.
  const newest = backups.find(({ at }) => at <= now) ?? backups[0];
  if (newest === undefined) throw noBackup(fileOrFolder);
  return newest.path;
}

/** @throws UsageError only when there is neither a file nor a folder. */
async function isFolder(fileOrFolder: string): Promise<boolean> {
  if (isStoreAddress(fileOrFolder)) return isBackupFolder(fileOrFolder);
  const stats = await stat(fileOrFolder).catch(() => null);
  if (stats === null)
    throw new UsageError("there is no such file or folder", { object: fileOrFolder });
  return stats.isDirectory();
}
