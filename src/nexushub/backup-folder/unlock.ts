/** Removes a lock by hand, for an operator who knows that its holder is gone. */
import { requirePath } from "../../sql/conninfo/require-path.ts";
import { lockedError } from "../../store/locked-error.ts";
import type { LockState } from "../../store/lock-record.ts";
import { openFolder } from "../../store/open-folder.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

/** Options of `unlock`. */
export interface UnlockOptions {
  /** Remove the lock although its holder runs, or may run. Default: false. */
  readonly force?: boolean | undefined;
}

/** The result of `unlock`. */
export interface UnlockResult {
  readonly folder: string;
  /** False when the folder was not locked. */
  readonly removed: boolean;
  /** Who held the lock; null when nobody did, or the lock file was damaged. */
  readonly holder: {
    readonly host: string;
    readonly pid: number;
    /** ISO 8601. */
    readonly since: string;
    /** "unseen": it cannot be seen from here, and its last heartbeat is recent. */
    readonly state: LockState;
  } | null;
}

/**
 * Removes the lock of a backup folder.
 * @throws NexushubDumpError (BUSY) only when its holder runs, or may run, and `force` is not set.
 */
export async function unlock(
  folderOrUrl: PathOrUrl,
  { force = false }: UnlockOptions = {},
): Promise<UnlockResult> {
  const folder = pathText(folderOrUrl);
  requirePath(folder, "folder");
  const opened = await openFolder(folder);
  const holder = await opened.readLock();
  if (holder === null) return { folder, removed: false, holder: null };
  const { record, state } = holder;
  if (state !== "dead" && !force) throw lockedError(holder);
  await opened.removeLock();
  return {
    folder,
    removed: true,
    holder: record && { host: record.host, pid: record.pid, since: record.since, state },
  };
}
