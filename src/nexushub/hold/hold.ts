/** Holds a backup: no rule of retention removes it. */
import { UsageError } from "../../errors.ts";
import { requirePath } from "../../sql/conninfo/require-path.ts";
import { updateLedger } from "../backup-folder/ledger.ts";
import { splitBackupPath } from "../backup-folder/split-path.ts";
import { backupOf } from "../list/list.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

/** Options of `hold`. */
export interface HoldOptions {
  /** Until when it is held. Default: until it is released. */
  readonly until?: Date | undefined;
  /** End the hold. Default: false. */
  readonly release?: boolean | undefined;
  /** Default: the clock. */
  readonly now?: Date | undefined;
}

/** The result of `hold`. */
export interface HoldResult {
  readonly path: string;
  /** False after a release. */
  readonly held: boolean;
  /** ISO 8601; null until it is released, and after a release. */
  readonly until: string | null;
}

/**
 * Holds a backup that the folder's ledger lists, or releases it.
 * @throws UsageError when there is no such backup, or the time has passed; NexushubDumpError (BUSY) while a backup runs for long.
 */
export async function hold(backup: PathOrUrl, options: HoldOptions = {}): Promise<HoldResult> {
  const path = pathText(backup);
  requirePath(path, "archive");
  const { until, release = false, now = new Date() } = options;
  if (until !== undefined && !(until > now))
    throw new UsageError("the time until which it is held has passed");
  const { folder, name } = splitBackupPath(path);
  const file = await backupOf(folder, name);
  if (file.entry === null)
    throw new UsageError(`the folder's ledger does not list ${name}`, {
      object: path,
      hint: "such a file is never removed; nexushub-dump prune --adopt lists it",
    });
  const time = until?.toISOString() ?? null;
  await updateLedger(folder, (ledger) => {
    const { hold: _, ...entry } = ledger.backups[name] ?? file.entry!;
    const held = release ? entry : { ...entry, hold: { until: time } };
    return { ...ledger, backups: { ...ledger.backups, [name]: held } };
  });
  return { path: file.path, held: !release, until: release ? null : time };
}
