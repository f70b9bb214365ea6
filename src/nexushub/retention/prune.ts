/** Carries out what retention.ts decides, in one folder. */
import { type Warning, warning } from "../../warnings.ts";
import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { isNexushubDumpError, throwIfAborted } from "../../errors.ts";
import { verify } from "../../verify/verify.ts";
import {
  type BackupFile,
  type Ledger,
  listBackups,
  readLedger,
  writeLedger,
} from "../backup-folder/ledger.ts";
import { takeLock } from "../backup-folder/lock.ts";
import { decideRetention, type RetentionDecision, type RetentionPolicy } from "./decide.ts";

export interface PruneOptions {
  readonly retention?: RetentionPolicy | undefined;
  /** Decide, and remove nothing. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** Prove backups that the folder's ledger does not know, and take those that are whole for our own. Default: false. */
  readonly adopt?: boolean | undefined;
  /** Default: the clock. */
  readonly now?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PruneResult {
  readonly folder: string;
  /** Newest first. */
  readonly decisions: readonly RetentionDecision[];
  /** Names of the files that are gone; with `dryRun`, those that would be. */
  readonly removed: readonly string[];
  readonly warnings: readonly Warning[];
}

/**
 * Applies retention to a folder of backups.
 * @throws NexushubDumpError (BUSY) while a backup into the folder runs; UsageError for rules that make no sense.
 */
export async function prune(folder: string, options: PruneOptions = {}): Promise<PruneResult> {
  const { retention = {}, dryRun = false, adopt = false, now = new Date(), signal } = options;
  const lock = dryRun ? null : await takeLock(folder);
  try {
    const { ledger: known, problem } = await readLedger(folder);
    const ledger = adopt ? await adoptUnknown(folder, known, now, signal) : known;
    const decisions = await decide(folder, ledger, retention, now);
    const warnings = problem === null ? [] : [warning("backup-state", null, problem)];
    const removed = dryRun ? toRemove(decisions) : await removeDecided(folder, decisions, warnings);
    if (!dryRun) await writeLedger(folder, without(ledger, removed));
    return { folder, decisions, removed, warnings };
  } finally {
    await lock?.release();
  }
}

/** What retention says of a folder as it is. */
export async function decide(
  folder: string,
  ledger: Ledger,
  retention: RetentionPolicy,
  now: Date,
): Promise<RetentionDecision[]> {
  return decideRetention((await listBackups(folder, ledger)).map(candidateOf), retention, now);
}

export function candidateOf({ name, at, entry }: BackupFile) {
  return { name, at, own: entry !== null, verified: (entry?.verifiedAt ?? null) !== null };
}

export function toRemove(decisions: readonly RetentionDecision[]): string[] {
  return decisions.filter(({ action }) => action === "remove").map(({ name }) => name);
}

/** The names of the files that are gone. One that cannot be removed is a warning: the backup itself is good. */
export async function removeDecided(
  folder: string,
  decisions: readonly RetentionDecision[],
  warnings: Warning[],
): Promise<string[]> {
  const removed: string[] = [];
  for (const name of toRemove(decisions)) {
    try {
      await unlink(join(folder, name));
      removed.push(name);
    } catch (error) {
      warnings.push(
        warning("backup-state", name, `${name} could not be removed: ${(error as Error).message}`),
      );
    }
  }
  return removed;
}

/** The ledger without files that are gone. */
export function without(ledger: Ledger, names: readonly string[]): Ledger {
  const gone = new Set(names);
  const left = Object.entries(ledger.backups).filter(([name]) => !gone.has(name));
  return { ...ledger, backups: Object.fromEntries(left) };
}

async function adoptUnknown(
  folder: string,
  ledger: Ledger,
  now: Date,
  signal: AbortSignal | undefined,
): Promise<Ledger> {
  const backups = { ...ledger.backups };
  for (const { name, path, bytes, entry, encrypted } of await listBackups(folder, ledger)) {
    throwIfAborted(signal, "while the backups were proven");
    if (entry !== null || encrypted) continue;
    try {
      await verify(path, { signal });
      backups[name] = { bytes, verifiedAt: now.toISOString() };
    } catch (error) {
      // Damaged, or not one of ours: it stays unknown, and so it stays.
      if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
    }
  }
  return { ...ledger, backups };
}
