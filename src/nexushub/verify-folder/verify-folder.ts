/** Verifies the backups of a folder, all or some of them, and records in the ledger when each was read back. */
import type { AgeIdentities } from "../../archive/encryption/age.ts";
import { requireSigned } from "../../archive/signing/signed-archive.ts";
import type { VerifyKey } from "../../archive/signing/ed25519-key.ts";
import { isNexushubDumpError, throwIfAborted } from "../../errors.ts";
import type { OnProgress } from "../../events.ts";
import { formatBytes } from "../../util/format.ts";
import { verify } from "../../verify/verify.ts";
import { type Warning, warning } from "../../warnings.ts";
import { originOf } from "../backup-folder/backup-origin.ts";
import { type Ledger, readLedger, updateLedger } from "../backup-folder/ledger.ts";
import { type BackupFile, listBackups } from "../backup-folder/list-backups.ts";
import { noBackup } from "../backup-folder/no-backup.ts";
import { requireFolder } from "../backup-folder/require-folder.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

/** Options of `verifyFolder`. Without `newest` and `leastRecentlyChecked`, all backups are verified. */
export interface VerifyFolderOptions {
  /** Verify this many of the newest. */
  readonly newest?: number | undefined;
  /** Verify this many of those that were not verified for the longest time. */
  readonly leastRecentlyChecked?: number | undefined;
  /** Open encrypted backups. */
  readonly identities?: AgeIdentities | undefined;
  /** One of these must have signed each. Default: any archive will do. */
  readonly verifyKeys?: readonly VerifyKey[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Called before each backup is read. */
  readonly onBackup?: ((name: string) => void) | undefined;
  /** Default: the clock. */
  readonly now?: (() => Date) | undefined;
}

/** What the verification of one backup came to. */
export interface VerifiedBackup {
  readonly name: string;
  /** "skipped": it is encrypted, and no identity was given. */
  readonly state: "intact" | "damaged" | "skipped";
  /** What is wrong; null when it is intact. */
  readonly message: string | null;
  readonly elapsedMs: number;
}

/** The result of `verifyFolder`. */
export interface VerifyFolderResult {
  readonly folder: string;
  /** In the order in which they were read. */
  readonly backups: readonly VerifiedBackup[];
  readonly intact: number;
  readonly damaged: number;
  readonly skipped: number;
  /** Of all backups in the folder, when the one was verified that was not verified for the longest time; null if one never was. */
  readonly oldestVerifiedAt: string | null;
  readonly warnings: readonly Warning[];
  readonly elapsedMs: number;
}

/**
 * Verifies backups of a folder. Damage is in the result, and no error.
 * @throws UsageError when there is no such folder, or no backup in it; AbortedError when the signal fired: what was verified before is recorded.
 */
export async function verifyFolder(
  folderOrUrl: PathOrUrl,
  options: VerifyFolderOptions = {},
): Promise<VerifyFolderResult> {
  const started = performance.now();
  const folder = pathText(folderOrUrl);
  await requireFolder(folder);
  const { now = () => new Date() } = options;
  const { ledger } = await readLedger(folder);
  const files = await listBackups(folder, ledger);
  if (files.length === 0) throw noBackup(folder);
  const backups: VerifiedBackup[] = [];
  const warnings: Warning[] = [];
  let current = ledger;
  for (const file of chooseBackups(files, options)) {
    throwIfAborted(options.signal, "while verifying backups");
    options.onBackup?.(file.name);
    const verified = await verifyBackup(file, ledger, options);
    backups.push(verified);
    if (verified.state === "skipped") continue;
    const mark = (each: Ledger): Ledger => withVerification(each, verified, now());
    current = mark(current);
    await updateLedger(folder, mark).catch((error: Error) => {
      const message = `the verification of ${file.name} could not be recorded: ${error.message}`;
      warnings.push(warning("backup-state", file.name, message));
    });
  }
  const count = (state: VerifiedBackup["state"]): number =>
    backups.filter((each) => each.state === state).length;
  return {
    folder,
    backups,
    intact: count("intact"),
    damaged: count("damaged"),
    skipped: count("skipped"),
    oldestVerifiedAt: oldestOf(files, current),
    warnings,
    elapsedMs: Math.round(performance.now() - started),
  };
}

/** Pure. @param files newest first. */
export function chooseBackups(
  files: readonly BackupFile[],
  { newest, leastRecentlyChecked }: VerifyFolderOptions,
): readonly BackupFile[] {
  if (newest === undefined && leastRecentlyChecked === undefined) return files;
  // Those that were never verified first.
  const byAge = files.toSorted((a, b) => (verifiedAt(a) < verifiedAt(b) ? -1 : 1));
  return [
    ...new Set([...files.slice(0, newest ?? 0), ...byAge.slice(0, leastRecentlyChecked ?? 0)]),
  ];
}

const verifiedAt = ({ entry }: BackupFile): string => entry?.verifiedAt ?? "";

async function verifyBackup(
  file: BackupFile,
  ledger: Ledger,
  { identities, verifyKeys, signal, onProgress }: VerifyFolderOptions,
): Promise<VerifiedBackup> {
  const { name, archiveBytes } = file;
  const started = performance.now();
  const verdict = (state: VerifiedBackup["state"], message: string | null): VerifiedBackup => ({
    name,
    state,
    message,
    elapsedMs: Math.round(performance.now() - started),
  });
  const written = ledger.backups[name]?.archiveBytes;
  if (written !== undefined && written !== archiveBytes)
    return verdict(
      "damaged",
      `it has ${formatBytes(archiveBytes)}, but ${formatBytes(written)} were written`,
    );
  const origin = originOf(file, identities);
  if (origin === null) return verdict("skipped", "it is encrypted, and no identity was given");
  try {
    const archive = verifyKeys === undefined ? origin : requireSigned(origin, verifyKeys);
    await verify(archive, { signal, onProgress });
    return verdict("intact", null);
  } catch (error) {
    if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
    return verdict("damaged", error.message);
  }
}

/** A file that the ledger does not list stays unlisted: prune --adopt lists it. */
function withVerification(ledger: Ledger, { name, state }: VerifiedBackup, at: Date): Ledger {
  const recorded = ledger.backups[name];
  if (recorded === undefined) return ledger;
  const { damagedAt: _, ...entry } = recorded;
  const time = at.toISOString();
  const changed =
    state === "intact"
      ? { ...entry, verifiedAt: time }
      : { ...entry, verifiedAt: null, damagedAt: time };
  return { ...ledger, backups: { ...ledger.backups, [name]: changed } };
}

function oldestOf(files: readonly BackupFile[], { backups }: Ledger): string | null {
  const times = files.map(({ name }) => backups[name]?.verifiedAt ?? null);
  if (times.length === 0 || times.includes(null)) return null;
  return times.toSorted()[0] ?? null;
}
