/** What retention decides and removes after a new backup, in its folder and in that of its copy. Pure. */
import { parseBackupName } from "../backup-folder/backup-name.ts";
import type { RetentionCandidate } from "../retention/candidate.ts";
import {
  decideRetention,
  type RetentionDecision,
  type RetentionPolicy,
} from "../retention/decide.ts";
import { namesToRemove } from "../retention/remove.ts";

export interface AfterBackup {
  /** Of the new backup. It may be some seconds ahead of the clock (`freeName`). */
  readonly name: string;
  readonly now: Date;
  /** As in `RetentionContext`. */
  readonly database: string | undefined;
}

/** @throws UsageError as `decideRetention` does. */
export function decideAfterBackup(
  candidates: readonly RetentionCandidate[],
  policy: RetentionPolicy,
  { name, now, database }: AfterBackup,
): RetentionDecision[] {
  const latest = new Date(Math.max(now.getTime(), parseBackupName(name)!.at.getTime()));
  return decideRetention(candidates, policy, { now: latest, database });
}

/** Never the new backup and its base, whatever the clock says. */
export function namesToRemoveAfter(
  decisions: readonly RetentionDecision[],
  { name, base }: { readonly name: string; readonly base: string | null },
): string[] {
  return namesToRemove(decisions).filter((each) => each !== name && each !== base);
}
