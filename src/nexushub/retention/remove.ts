/** Removes the backups that retention decided to remove. */
import { openFolder } from "../../store/open-folder.ts";
import { type Warning, warning } from "../../warnings.ts";
import { parseBackupName } from "../backup-folder/backup-name.ts";
import type { RetentionDecision } from "./decide.ts";

export function namesToRemove(decisions: readonly RetentionDecision[]): string[] {
  return decisions.filter(({ action }) => action === "remove").map(({ name }) => name);
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
