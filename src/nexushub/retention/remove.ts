/** Removes the backups that retention decided to remove. */
import { openFolder } from "../../store/open-folder.ts";
import { type Warning, warning } from "../../warnings.ts";
import { type DrillRecord, lastDrillOf } from "../backup-folder/drill-history.ts";
import type { BackupFile } from "../backup-folder/list-backups.ts";
import { parseBackupName } from "../backup-folder/backup-name.ts";
import { withoutBase } from "./bases.ts";
import type { RetentionCandidate } from "./candidate.ts";
import type { RetentionDecision } from "./decide.ts";

/** @param drills the history of the folder's drills. */
export function candidateOf(
  { name, at, entry, isDifferential }: BackupFile,
  drills: readonly DrillRecord[] = [],
): RetentionCandidate {
  const sha256 = entry?.sha256 ?? null;
  const until = entry?.hold?.until;
  return {
    name,
    at,
    isRecorded: entry !== null,
    isVerified: (entry?.verifiedAt ?? null) !== null,
    database: entry?.database ?? null,
    sha256,
    isDifferential,
    base: entry?.base ?? null,
    isDamaged: entry?.damagedAt !== undefined,
    isDrilled: lastDrillOf(drills, { name, sha256 })?.ok === true,
    heldUntil: until === undefined || until === null ? until : new Date(until),
  };
}

export function namesToRemove(decisions: readonly RetentionDecision[]): string[] {
  return decisions.filter(({ action }) => action === "remove").map(({ name }) => name);
}

/** Warnings about differential backups that cannot be restored. */
export function missingBases(candidates: readonly RetentionCandidate[]): Warning[] {
  return withoutBase(candidates).map((name) =>
    warning(
      "base-missing",
      name,
      `${name} cannot be restored: the full backup that it needs is missing`,
    ),
  );
}

/**
 * Removes files from a backup folder, differential backups first: a run that is killed must not leave one without its base.
 * One that cannot be removed gives a warning, and if it is differential, all full ones stay.
 * @returns the names of the removed files.
 */
export async function removeBackups(
  address: string,
  names: readonly string[],
  onWarning: (problem: Warning) => void,
): Promise<string[]> {
  const folder = await openFolder(address);
  const removed: string[] = [];
  const isDifferential = (name: string): boolean => parseBackupName(name)?.isDifferential === true;
  const [first, then] = [
    names.filter(isDifferential),
    names.filter((name) => !isDifferential(name)),
  ];
  for (const name of [...first, ...then]) {
    if (removed.length < first.length && !isDifferential(name)) break;
    try {
      await folder.remove(name);
      removed.push(name);
    } catch (error) {
      const message = `${name} could not be removed: ${(error as Error).message}`;
      onWarning(warning("backup-state", name, message));
    }
  }
  return removed;
}
