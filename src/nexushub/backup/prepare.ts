/** Checks before a backup: the key, the free space, and the name of the new file. Changes nothing. */
import { openFolder } from "../../store/open-folder.ts";
import { withConnection } from "../../pg/connect.ts";
import { type BackupExtension, backupName } from "../backup-folder/backup-name.ts";
import { readDatabaseIdentity } from "../backup-folder/database-identity.ts";
import type { Ledger } from "../backup-folder/ledger.ts";
import type { OpenDeployment } from "../deployment/open-deployment.ts";
import { checkKeyFits, type KeyCheck } from "../keys/key-check.ts";
import type { BackupOptions } from "./options.ts";
import type { BackupRun } from "./run.ts";
import { estimateBytes, lastSize, requireSpace } from "./space.ts";

export interface PreparedBackup {
  /** Name of the new file. */
  readonly name: string;
  /** The identity of the database. */
  readonly database: string;
  readonly neededBytes: number;
  readonly keyCheck: KeyCheck;
}

/** @throws OutputError when there is not enough space; ConnectionError and ServerError as usual. */
export function prepareBackup(
  run: BackupRun,
  deployment: OpenDeployment,
  ledger: Ledger,
): Promise<PreparedBackup> {
  const { signal, env } = run.options;
  return withConnection(deployment.connection, { signal, env }, async (connection, connector) => {
    const database = await readDatabaseIdentity(connection, connector);
    run.database = database;
    const keyCheck = await checkKeyFits(connection, deployment.key);
    if (keyCheck.warning !== null) run.warn(keyCheck.warning);
    const lastBytes = lastSize(ledger, database, run.options.differential === true);
    const neededBytes = await estimateBytes(connection, lastBytes);
    await requireSpace(run.folder, neededBytes);
    return { name: await freeName(run), database, neededBytes, keyCheck };
  });
}

/** Returns a name that no file has. A second backup in the same second, or after the clock went back, gets a later one. */
async function freeName({ folder, options, startedAt }: BackupRun): Promise<string> {
  const extension = extensionOf(options);
  const files = await (await openFolder(folder)).list().catch(() => []);
  for (let at = startedAt; ; at = new Date(at.getTime() + 1000)) {
    const name = backupName(at, extension);
    const stem = name.slice(0, name.indexOf(".") + 1);
    if (!files.some((file) => file.name.startsWith(stem))) return name;
  }
}

function extensionOf({ compression = "gzip", encryptTo }: BackupOptions): BackupExtension {
  const suffix = compression === "none" ? "" : compression.startsWith("zstd") ? ".zst" : ".gz";
  return `tar${suffix}${encryptTo === undefined ? "" : ".age"}`;
}
