/** Lists the backups of a folder with all that is known of them: for people who look for one, and for the page. */
import type { AgeIdentities } from "../../archive/encryption/age.ts";
import { NexushubDumpError, UsageError } from "../../errors.ts";
import { type Warning, warning } from "../../warnings.ts";
import { readFactsOf } from "../backup-folder/backup-facts.ts";
import { databaseNameOf } from "../backup-folder/database-identity.ts";
import { type DrillRecord, lastDrillOf } from "../backup-folder/drill-history.ts";
import { type BackupFacts, type Ledger, readLedger } from "../backup-folder/ledger.ts";
import { type BackupFile, listBackups } from "../backup-folder/list-backups.ts";
import { requireFolder } from "../backup-folder/require-folder.ts";
import { isHeld } from "../retention/candidate.ts";
import {
  decideRetention,
  type RetentionDecision,
  type RetentionPolicy,
} from "../retention/decide.ts";
import { candidateOf } from "../retention/candidates-in-folder.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

/** Options of `listFolder`. */
export interface ListOptions {
  /** Why each backup is kept is said by these rules. Default: keep the newest 14. */
  readonly retention?: RetentionPolicy | undefined;
  /** Open encrypted backups of which the folder's ledger has no facts. */
  readonly identities?: AgeIdentities | undefined;
  /** Default: the clock. */
  readonly now?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A backup of a folder. */
export interface ListedBackup {
  readonly name: string;
  /** A path, or the address in an object store. */
  readonly path: string;
  /** When it began, ISO 8601. */
  readonly at: string;
  /** Name of the database; null when it is not known. */
  readonly database: string | null;
  /** The machine that made it; null when it is not known. */
  readonly host: string | null;
  /** Null when it is not known. */
  readonly rows: number | null;
  /** COPY text; null when it is not known. */
  readonly bytes: number | null;
  readonly archiveBytes: number;
  /** COPY text compared with the one before of the same database; null when one of the two is not known. */
  readonly growthBytes: number | null;
  /** When it was last read back and found intact, ISO 8601; null if never, as far as is known. */
  readonly verifiedAt: string | null;
  /** When a verification met damage, ISO 8601; null when it is not known to be damaged. */
  readonly damagedAt: string | null;
  /** Its last drill; null when there was none. */
  readonly drill: Pick<
    DrillRecord,
    "at" | "ok" | "target" | "restoreMs" | "recoveryPoint" | "plainRole"
  > | null;
  readonly encrypted: boolean;
  /** Null when it is not known. */
  readonly partial: boolean | null;
  readonly differential: boolean;
  /** Name of the full backup that it needs; null when it needs none, or that is not there. */
  readonly base: string | null;
  /** Whether a hold keeps it. */
  readonly held: boolean;
  /** Whether the rules keep it, and why. */
  readonly action: RetentionDecision["action"];
  readonly reasons: readonly string[];
  /** The largest tables, by COPY text. */
  readonly tables: BackupFacts["tables"];
}

/** The result of `listFolder`. */
export interface ListResult {
  readonly folder: string;
  /** Newest first. */
  readonly backups: readonly ListedBackup[];
  readonly archiveBytes: number;
  readonly warnings: readonly Warning[];
}

/**
 * Lists a folder; changes nothing.
 * @throws UsageError only when there is no such folder, or rules of retention are not valid.
 */
export async function listFolder(
  folderOrUrl: PathOrUrl,
  options: ListOptions = {},
): Promise<ListResult> {
  const folder = pathText(folderOrUrl);
  const contents = await readContents(folder, options);
  const { archiveBytes, problem } = contents;
  return {
    folder,
    backups: describeBackups(contents),
    archiveBytes,
    warnings: problem === null ? [] : [warning("backup-state", null, problem)],
  };
}

/** What one reading of a folder gives. */
export interface FolderContents {
  /** Newest first. */
  readonly files: readonly BackupFile[];
  readonly facts: ReadonlyMap<BackupFile, BackupFacts | null>;
  readonly archiveBytes: number;
  readonly ledger: Ledger;
  /** Why the ledger could not be read; null when it could. */
  readonly problem: string | null;
  readonly decisions: readonly RetentionDecision[];
  readonly now: Date;
}

/** Reads a folder once. @throws UsageError when there is no such folder, or rules of retention are not valid. */
export async function readContents(folder: string, options: ListOptions): Promise<FolderContents> {
  await requireFolder(folder);
  const { retention = {}, now = new Date() } = options;
  const { ledger, problem } = await readLedger(folder);
  const files = await listBackups(folder, ledger);
  const facts = new Map<BackupFile, BackupFacts | null>();
  for (const file of files)
    facts.set(file, file.entry?.facts ?? (await readFactsOf(file, options)));
  const candidates = files.map((file) => candidateOf(file, ledger.drills));
  const decisions = decideRetention(candidates, retention, { now });
  const archiveBytes = files.reduce((sum, file) => sum + file.archiveBytes, 0);
  return { files, facts, archiveBytes, ledger, problem, decisions, now };
}

/** Pure. */
export function describeBackups(contents: FolderContents): ListedBackup[] {
  const { files, facts, ledger, decisions } = contents;
  const byName = new Map(decisions.map((decision) => [decision.name, decision]));
  return files.map((file, index) => {
    const { name, path, at, archiveBytes, encrypted, isDifferential, entry } = file;
    const known = facts.get(file) ?? null;
    const identity = entry?.database ?? null;
    const before = files
      .slice(index + 1)
      .find((each) => each.entry?.database === entry?.database && Boolean(facts.get(each)));
    const earlier = before === undefined ? null : (facts.get(before) ?? null);
    const decision = byName.get(name)!;
    return {
      name,
      path,
      at: at.toISOString(),
      database: known?.name ?? (identity === null ? null : databaseNameOf(identity)),
      host: known?.host ?? null,
      rows: known?.rows ?? null,
      bytes: known?.bytes ?? null,
      archiveBytes,
      growthBytes: known === null || earlier === null ? null : known.bytes - earlier.bytes,
      verifiedAt: entry?.verifiedAt ?? null,
      // Another size than the recorded one is damage that needs no reading.
      damagedAt:
        entry?.damagedAt ?? (ledger.backups[name] && entry === null ? at.toISOString() : null),
      drill: drillOf(ledger, file),
      encrypted,
      partial: known?.partial ?? null,
      differential: isDifferential,
      base: baseOf(contents, file),
      held: isHeld(candidateOf(file), contents.now),
      action: decision.action,
      reasons: decision.reasons,
      tables: known?.tables ?? [],
    };
  });
}

function drillOf({ drills = [] }: Ledger, { name, entry }: BackupFile): ListedBackup["drill"] {
  const record = lastDrillOf(drills, { name, sha256: entry?.sha256 ?? null });
  if (record === null) return null;
  const { at, ok, target, restoreMs, recoveryPoint, plainRole } = record;
  return { at, ok, target, restoreMs, recoveryPoint, plainRole };
}

function baseOf({ files }: FolderContents, { entry }: BackupFile): string | null {
  const base = entry?.base ?? null;
  if (base === null) return null;
  return files.find((file) => file.entry?.sha256 === base)?.name ?? null;
}

/** Finds a backup of a folder by name. @throws UsageError when it is not there. */
export async function backupOf(folder: string, name: string): Promise<BackupFile> {
  const { ledger, problem } = await readLedger(folder);
  if (problem !== null) throw new NexushubDumpError("OUTPUT", problem, { object: folder });
  const file = (await listBackups(folder, ledger)).find((each) => each.name === name);
  if (file !== undefined) return file;
  throw new UsageError(`there is no backup ${name} in ${folder}`, {
    object: name,
    hint: "nexushub-dump list shows the backups",
  });
}
