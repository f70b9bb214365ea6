/** `restore --backup-first`: a dump of the old contents, encrypted as the configuration says, and how many of them stay. */
import { defaultFolder } from "../../nexushub/backup-folder/default-folder.ts";
import { readDatabaseIdentity } from "../../nexushub/backup-folder/database-identity.ts";
import { readConfig } from "../../nexushub/config/read-config.ts";
import type { DetectedKey } from "../../nexushub/deployment/deployment.ts";
import { checkKeyFits } from "../../nexushub/keys/key-check.ts";
import { sealManifest } from "../../nexushub/keys/manifest-key.ts";
import {
  beforeRestoreName,
  type DumpBeforeRestore,
  supersededDumps,
} from "../../nexushub/restore/before-restore.ts";
import { dump } from "../../dump/dump.ts";
import type { SealManifest } from "../../archive/writer.ts";
import { type ConnectionSource, withConnection } from "../../pg/connect.ts";
import { absoluteAddress, addressIn } from "../../store/address.ts";
import type { ArchiveFolder } from "../../store/folder.ts";
import { openFolder } from "../../store/open-folder.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { verify } from "../../verify/verify.ts";
import type { CommandContext } from "../command.ts";
import type { Console } from "../console.ts";
import { encryptedTarget, type EncryptionOptions } from "../encryption.ts";
import { showProgress } from "../progress.ts";

export interface BackupFirstOptions {
  /** A folder, or true for that of the configuration, else the default one. */
  readonly backupFirst?: string | true;
  readonly config?: string;
}

/** Where the dump goes, and for whom it is encrypted. */
export interface BackupFirstPlan {
  readonly folder: string;
  readonly encryption: EncryptionOptions;
}

/**
 * Reads the configuration before anything is done, so that a mistake in it is no surprise after the confirmation.
 * @throws UsageError when it is not valid.
 */
export async function planBackupFirst({
  backupFirst,
  config: file,
}: BackupFirstOptions): Promise<BackupFirstPlan | undefined> {
  if (backupFirst === undefined) return undefined;
  const config = (await readConfig(file))?.config ?? {};
  const folder = backupFirst === true ? (config.folder ?? (await defaultFolder())) : backupFirst;
  const encryption = withoutUndefined({
    encryptTo: config.encryption?.["encrypt-to"],
    recipientsFile: config.encryption?.["recipients-file"],
    passphraseFile: config.encryption?.["passphrase-file"],
  });
  return { folder: absoluteAddress(process.cwd(), folder), encryption };
}

/** Dumps and verifies the old contents, and removes the dumps that the new one supersedes. */
export async function backUpFirst(
  { console, signal }: CommandContext,
  source: ConnectionSource,
  { folder: address, encryption }: BackupFirstPlan,
  key: DetectedKey | null,
): Promise<void> {
  const folder = await openFolder(address);
  const { identity, seal } = await factsOf(source, key, signal);
  const encrypted = Object.keys(encryption).length > 0;
  const before: DumpBeforeRestore = { identity, at: new Date(), encrypted };
  const path = addressIn(address, beforeRestoreName(before));
  const target = await encryptedTarget(encryption, path);
  const onProgress = showProgress(console);
  const removeCreated = await folder.create();
  try {
    await dump(source, target, { signal, onProgress, seal });
    await verify(target, { signal, onProgress });
  } catch (error) {
    await removeCreated();
    throw error;
  }
  console.say("info", `the old contents were dumped first: ${path}`, { path });
  await removeSuperseded(folder, before, console);
}

/** A dump that stays too long is no reason to stop a restore. */
async function removeSuperseded(
  folder: ArchiveFolder,
  before: DumpBeforeRestore,
  console: Console,
): Promise<void> {
  const files = (await folder.list()).map(({ name }) => name);
  for (const name of supersededDumps(files, before)) {
    const path = folder.addressOf(name);
    try {
      await folder.remove(name);
      console.say("info", `removed an older dump of the same database: ${path}`, { path });
    } catch (error) {
      const { message } = error as Error;
      console.say("warning", `an older dump could not be removed: ${path}: ${message}`, { path });
    }
  }
}

interface DatabaseFacts {
  readonly identity: string;
  /** Records the key in the archive, as a backup does, if it fits the values: a restore asks for the record. */
  readonly seal: SealManifest | undefined;
}

async function factsOf(
  source: ConnectionSource,
  detected: DetectedKey | null,
  signal: AbortSignal,
): Promise<DatabaseFacts> {
  return withConnection(source, { signal }, async (connection, connector) => {
    const identity = await readDatabaseIdentity(connection, connector);
    if (detected === null) return { identity, seal: undefined };
    const { state, key } = await checkKeyFits(connection, detected);
    const fits = state === "fits" && key !== null;
    return { identity, seal: fits ? (manifest) => sealManifest(manifest, key) : undefined };
  });
}
