/** Removes the backups that retention decided to remove. */
import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { type Warning, warning } from "../../warnings.ts";
import type { BackupFile } from "../backup-folder/list-backups.ts";
import type { RetentionCandidate, RetentionDecision } from "./decide.ts";

export function candidateOf({ name, at, entry }: BackupFile): RetentionCandidate {
  return {
    name,
    at,
    isRecorded: entry !== null,
    isVerified: (entry?.verifiedAt ?? null) !== null,
    database: entry?.database ?? null,
  };
}

export function namesToRemove(decisions: readonly RetentionDecision[]): string[] {
  return decisions.filter(({ action }) => action === "remove").map(({ name }) => name);
}

/**
 * Removes files from a backup folder. One that cannot be removed gives a warning.
 * @returns the names of the removed files.
 */
export async function removeBackups(
  folder: string,
  names: readonly string[],
  onWarning: (problem: Warning) => void,
): Promise<string[]> {
  const removed: string[] = [];
  for (const name of names) {
    try {
      await unlink(join(folder, name));
      removed.push(name);
    } catch (error) {
      const message = `${name} could not be removed: ${(error as Error).message}`;
      onWarning(warning("backup-state", name, message));
    }
  }
  return removed;
}
