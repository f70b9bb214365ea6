/** Chooses the backup of which a new one reuses unchanged rows: the newest verified one of the same database. */
import { decryptArchive, isEncrypted } from "../../archive/encryption/age.ts";
import { openArchive } from "../../archive/reader.ts";
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import { isNexushubDumpError } from "../../errors.ts";
import { warning } from "../../warnings.ts";
import type { Ledger } from "../backup-folder/ledger.ts";
import { listBackups } from "../backup-folder/list-backups.ts";
import { checkKey } from "../keys/manifest-key.ts";
import type { ReuseSkipped } from "./options.ts";
import type { PreparedBackup } from "./prepare.ts";
import type { BackupRun } from "./run.ts";

export interface EarlierBackup {
  /** Its name in the folder. */
  readonly name: string;
  readonly origin: ArchiveOrigin;
  /** Whether an entry of the new archive is one that was verified in the earlier one. */
  readonly isKnown: (entry: { readonly sha256: string }) => boolean;
}

/** The earlier backup, or why there is none. Its rows are compared with the server's by the dump. */
export async function earlierBackup(
  run: BackupRun,
  ledger: Ledger,
  { database, keyCheck }: PreparedBackup,
): Promise<EarlierBackup | ReuseSkipped> {
  const { options, folder } = run;
  if (options.reuse === false) return "not-requested";
  const backups = await listBackups(folder, ledger);
  const newest = backups.find(
    ({ entry }) => entry !== null && entry.verifiedAt !== null && entry.database === database,
  );
  if (newest === undefined) return "no-backup";
  const { identities, signal } = options;
  if (identities === undefined && (await isEncrypted(newest.path))) return "encrypted";
  const origin = identities === undefined ? newest.path : decryptArchive(newest.path, identities);
  try {
    const reader = await openArchive(origin, { signal });
    await reader.close();
    // The MAC of the new archive says that its rows are from the database.
    const { key } = keyCheck;
    if (key !== null && checkKey(reader.storedManifest, key) !== "match") return "other-key";
    const digests = new Set(reader.manifest.entries.map(({ sha256 }) => sha256));
    return { name: newest.name, origin, isKnown: ({ sha256 }) => digests.has(sha256) };
  } catch (error) {
    if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
    const message = `all rows are read from the server, because ${newest.name} cannot be read: ${error.message}`;
    run.warn(warning("earlier-archive-damaged", newest.name, message));
    return "unreadable";
  }
}
