/**
 * Chooses the backup of which a new one reuses unchanged rows: the newest verified one of the same database, or, for a
 * differential backup, the newest full one of these.
 */
import { decryptArchive, isEncrypted } from "../../archive/encryption/age.ts";
import { openArchive } from "../../archive/reader.ts";
import type { NearbyArchive } from "../../archive/storage/store.ts";
import { isNexushubDumpError } from "../../errors.ts";
import { warning } from "../../warnings.ts";
import type { Ledger } from "../backup-folder/ledger.ts";
import { type BackupFile, listBackups } from "../backup-folder/list-backups.ts";
import { checkKey } from "../keys/manifest-key.ts";
import type { ReuseSkipped, WhyFull } from "./options.ts";
import type { PreparedBackup } from "./prepare.ts";
import type { BackupRun } from "./run.ts";

export interface EarlierBackup {
  /** Its name in the folder. */
  readonly name: string;
  readonly origin: NearbyArchive;
  /** Whether unchanged rows are left in it, as the base of the new one. */
  readonly isBase: boolean;
  /** Whether an entry of the new archive is one that was verified in the earlier one. */
  readonly isKnown: (entry: { readonly sha256: string }) => boolean;
}

export interface ChosenBackup {
  /** The earlier backup, or why there is none. Its rows are compared with the server's by the dump. */
  readonly earlier: EarlierBackup | ReuseSkipped;
  /** With the option `differential`, why the new backup will be full. */
  readonly whyFull: WhyFull | null;
}

/** A day. */
const FULL_EVERY_MS = 24 * 60 * 60 * 1000;

export async function chooseEarlier(
  run: BackupRun,
  ledger: Ledger,
  prepared: PreparedBackup,
): Promise<ChosenBackup> {
  const { reuse, differential = false, fullEveryMs = FULL_EVERY_MS } = run.options;
  const ofDatabase = (await listBackups(run.folder, ledger)).filter(
    ({ entry }) =>
      entry !== null && entry.verifiedAt !== null && entry.database === prepared.database,
  );
  const base = ofDatabase.find(({ isDifferential }) => !isDifferential);
  const isDue = base !== undefined && run.startedAt.getTime() - base.at.getTime() >= fullEveryMs;
  const backup = differential && !isDue ? base : ofDatabase[0];
  const isBase = differential && !isDue && base !== undefined;
  const earlier =
    reuse === false
      ? "not-requested"
      : backup === undefined
        ? "no-backup"
        : await openedBackup(run, prepared, { backup, isBase });
  if (!differential) return { earlier, whyFull: null };
  return { earlier, whyFull: isDue ? "due" : typeof earlier === "string" ? "no-base" : null };
}

async function openedBackup(
  run: BackupRun,
  { keyCheck }: PreparedBackup,
  { backup, isBase }: { readonly backup: BackupFile; readonly isBase: boolean },
): Promise<EarlierBackup | ReuseSkipped> {
  const { identities, signal } = run.options;
  if (identities === undefined && (await isEncrypted(backup.path))) return "encrypted";
  const origin = identities === undefined ? backup.path : decryptArchive(backup.path, identities);
  try {
    const reader = await openArchive(origin, { signal });
    await reader.close();
    // The MAC of the new archive says that its rows are from the database.
    const { key } = keyCheck;
    if (key !== null && checkKey(reader.storedManifest, key) !== "match") return "other-key";
    const entries = [...reader.manifest.entries, ...(reader.base?.manifest.entries ?? [])];
    const digests = new Set(entries.map(({ sha256 }) => sha256));
    return { name: backup.name, origin, isBase, isKnown: ({ sha256 }) => digests.has(sha256) };
  } catch (error) {
    if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
    const message = `all rows are read from the server, because ${backup.name} cannot be read: ${error.message}`;
    run.warn(warning("earlier-archive-damaged", backup.name, message));
    return "unreadable";
  }
}
