/** The doctor's checks of the backup folder and the newest backup in it. */
import { access, constants, stat } from "node:fs/promises";
import { formatBytes, formatDuration } from "../../util/format.ts";
import { isStoreAddress } from "../../store/address.ts";
import type { BackupFile } from "../backup-folder/list-backups.ts";
import type { Ledger } from "../backup-folder/ledger.ts";
import { storeFinding } from "./store-finding.ts";
import { failure, type Finding, ok, warning } from "./finding.ts";

export async function folderFinding(folder: string): Promise<Finding> {
  if (isStoreAddress(folder)) return storeFinding(folder);
  const stats = await stat(folder).catch(() => null);
  if (stats === null) {
    return warning(
      `${folder} does not exist yet`,
      `the first backup creates it; the timer's unit needs it before: install -d -m 0700 ${folder}`,
    );
  }
  if (!stats.isDirectory()) return failure(`${folder} is not a folder`, "name another folder");
  const isWritable = await access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable)
    return failure(`${folder} is not writable for this user`, "run as root, or change its owner");
  if ((stats.mode & 0o077) !== 0)
    return warning(
      `${folder} is open to other users (mode ${(stats.mode & 0o777).toString(8)})`,
      `chmod 0700 ${folder}`,
    );
  return ok(folder);
}

/** One day, and some hours for a slow night. */
const FRESH_MS = 26 * 60 * 60 * 1000;

/**
 * Judges the newest backup of a database. Pure.
 * @param database its identity: backups of others do not count. Null when it is not known.
 */
export function newestFinding(facts: FolderFacts, database: string | null): Finding {
  const backups = facts.backups.filter(({ name }) => {
    const recorded = facts.ledger.backups[name]?.database ?? null;
    return database === null || recorded === null || recorded === database;
  });
  return judgeNewest({ ...facts, backups });
}

export interface FolderFacts {
  /** Newest first. */
  readonly backups: readonly BackupFile[];
  readonly ledger: Ledger;
  /** Why the ledger could not be read; null when it could. */
  readonly problem: string | null;
  readonly now: Date;
}

/** Judges the newest backup whose time is not in the future: such a time would hide that backups stopped. Pure. */
export function judgeNewest({ backups, ledger, problem, now }: FolderFacts): Finding {
  if (backups.length === 0) return failure("there is no backup", "make one: nexushub-dump backup");
  const newest = backups.find(({ at }) => at <= now);
  const future = backups.filter(({ at }) => at > now);
  const futureText = `the time of ${future.map(({ name }) => name).join(", ")} is in the future`;
  const clockHint = "check this host's clock; move such a file away if its time is wrong";
  if (newest === undefined) return failure(futureText, clockHint);

  const ageMs = now.getTime() - newest.at.getTime();
  const isVerified = (newest.entry?.verifiedAt ?? null) !== null;
  const state = isVerified ? "verified" : "not known to be verified";
  const text = `${newest.path}, ${formatDuration(ageMs)} old, ${state}; ${backups.length} in total`;
  const written = ledger.backups[newest.name]?.archiveBytes;
  if (written !== undefined && written !== newest.archiveBytes) {
    return failure(
      `${newest.path} has ${formatBytes(newest.archiveBytes)}, but ${formatBytes(written)} were written: it is damaged`,
      "make a new backup, and find out what changed the file",
    );
  }
  if (ageMs > FRESH_MS) {
    const hint = "find out why there is no newer one: journalctl -u nexushub-backup";
    return failure(future.length === 0 ? text : `${text}; ${futureText}`, hint);
  }
  if (!isVerified && problem === null)
    return judgeUnverified({ backups, ledger, problem, now }, text);
  if (problem !== null)
    return warning(`${text}; ${problem}`, "verify and register them: nexushub-dump prune --adopt");
  if (future.length > 0) return warning(`${text}; ${futureText}`, clockHint);
  return ok(text);
}

/** A fresh file that nobody verified says nothing: anybody can write one. */
function judgeUnverified({ backups, now }: FolderFacts, text: string): Finding {
  const verified = backups.find(
    ({ at, entry }) => at <= now && (entry?.verifiedAt ?? null) !== null,
  );
  const hint =
    "verify and register it: nexushub-dump prune --adopt (with --identity, if it is encrypted)";
  if (verified === undefined) return warning(text, hint);
  const ageMs = now.getTime() - verified.at.getTime();
  const more = `${text}; the newest verified one is ${formatDuration(ageMs)} old`;
  return ageMs > FRESH_MS ? failure(more, hint) : warning(more, hint);
}
