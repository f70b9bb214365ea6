/** The doctor's checks of what happened to the backups of a folder: drills and verifications. Pure. */
import { formatDuration, listed } from "../../util/format.ts";
import { drillHistoryProblem } from "../backup-folder/drill-history.ts";
import type { Ledger } from "../backup-folder/ledger.ts";
import type { BackupFile } from "../backup-folder/list-backups.ts";
import { failure, type Finding, notRun, ok, warning } from "./finding.ts";

/** A quarter, and some days. */
export const MAX_DRILL_AGE_MS = 100 * 24 * 60 * 60 * 1000;

export interface DrillHistoryFacts {
  /** The drills of the folder, oldest first. */
  readonly drills: NonNullable<Ledger["drills"]>;
  /** When the oldest backup in the folder began; null when there is none. */
  readonly oldestBackup: Date | null;
  readonly now: Date;
  readonly maxAgeMs: number;
}

/** Judges the last drill. A time in the future comes from a wrong clock, and does not count. */
export function judgeDrills({ drills, oldestBackup, now, maxAgeMs }: DrillHistoryFacts): Finding {
  const hint = "run one (nexushub-dump drill), and let them happen: nexushub-dump schedule drill";
  const problem = drillHistoryProblem(drills);
  if (problem !== null)
    return failure(problem, "find out who changed the folder's ledger, and run a new drill");
  const past = drills.filter(({ at }) => new Date(at) <= now);
  const last = past.at(-1);
  const age = (at: string): number => now.getTime() - Date.parse(at);
  if (last === undefined) {
    const isOld = oldestBackup !== null && now.getTime() - oldestBackup.getTime() > maxAgeMs;
    return isOld ? warning("no drill is recorded", hint) : notRun("no drill is recorded yet");
  }
  if (!last.ok) {
    const probes = last.probes.filter(({ status }) => status === "failed").map(({ id }) => id);
    return failure(
      `the last drill failed, ${formatDuration(age(last.at))} ago: ${listed(probes)}`,
      "run it again, and see what its report says",
    );
  }
  const text = `the last drill passed ${formatDuration(age(last.at))} ago, with ${last.archive}`;
  return age(last.at) > maxAgeMs ? failure(text, hint) : ok(text);
}

/** @returns null when no backup in the folder is known to be damaged. */
export function damageFinding(backups: readonly BackupFile[]): Finding | null {
  const damaged = backups.filter(({ entry }) => entry?.damagedAt !== undefined);
  if (damaged.length === 0) return null;
  return failure(
    `damaged: ${listed(damaged.map(({ name }) => name))}`,
    "bring an intact copy from elsewhere and verify it, or move the file away; and check the disk",
  );
}
