/** Copies the backups of a folder that another one does not have yet. */
import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "../../errors.ts";
import { isStoreAddress, parseStoreAddress } from "../../store/address.ts";
import { type Warning, warning } from "../../warnings.ts";
import { readLedger } from "../backup-folder/ledger.ts";
import { type BackupFile, listBackups } from "../backup-folder/list-backups.ts";
import { requireFolder } from "../backup-folder/require-folder.ts";
import { requirePath } from "../../sql/conninfo/require-path.ts";
import type { CopiedArchive, CopyBackupsOptions, CopyOptions, CopyResult } from "./options.ts";
import { type FolderState, planCopies } from "./plan.ts";
import { runPlan } from "./run-plan.ts";
import { type TargetFolder, withTargetFolder } from "./target-folder.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

/**
 * Copies the backups of a folder, the newest first, each verified, into a folder of this machine or of an object store. A
 * differential backup is copied with the full one that it needs. What the target has is never replaced; its list of
 * backups counts the copies. Damage is in the result, and no error.
 * @throws UsageError when there is no folder to copy from; NexushubDumpError (BUSY) while another run writes into the target;
 *   OutputError or StoreError when the target cannot be written to; AbortedError. What was copied before is complete.
 */
export async function copyBackups(
  source: PathOrUrl,
  target: PathOrUrl,
  options: CopyBackupsOptions = {},
): Promise<CopyResult> {
  const [from, to] = [pathText(source), pathText(target)];
  const { newest } = options;
  await requireFolder(from);
  if (newest !== undefined && !(Number.isSafeInteger(newest) && newest > 0))
    throw new UsageError("newest must be a positive integer");
  const choose: ChooseBackups = ({ files }) => {
    const newestOfThem = new Set(files.slice(0, newest));
    return (file) => newestOfThem.has(file);
  };
  return copyChosen(from, to, options, { choose });
}

/** Says of two folders which backups of the first are to be in the second. */
export type ChooseBackups = (
  source: FolderState,
  target: FolderState,
) => IsChosen | Promise<IsChosen>;

type IsChosen = (file: BackupFile) => boolean;

/** How `copyChosen` works, beside the options of its callers. */
export interface ChosenCopy {
  readonly choose: ChooseBackups;
  /** Whether the failure of one backup is an error, and not in the result. Default: false. */
  readonly isStrict?: boolean | undefined;
  /** Called after the copies, under the lock of the target. */
  readonly afterwards?:
    | ((target: TargetFolder, archives: readonly CopiedArchive[]) => Promise<void>)
    | undefined;
}

/** Copies some backups of a folder. */
export async function copyChosen(
  from: string,
  to: string,
  options: CopyOptions,
  { choose, isStrict = false, afterwards }: ChosenCopy,
): Promise<CopyResult> {
  const started = performance.now();
  requirePath(to, "folder");
  await refuseSameFolder(from, to);
  const warnings: Warning[] = [];
  const warn = (problem: Warning): void => {
    warnings.push(problem);
    options.onProgress?.({ type: "warning", ...problem });
  };
  const source = await readSource(from, warn);
  return withTargetFolder(to, null, warn, async (target) => {
    const { ledger } = target;
    const state = { files: await listBackups(target.folder.address, ledger), ledger };
    const plan = planCopies(source, state, await choose(source, state));
    const inSource = new Set(source.files.map(({ name }) => name));
    const listed = state.files.filter(({ entry }) => entry !== null);
    const there = new Set(listed.map(({ name }) => name));
    const archives = await runPlan(plan, { target, options, inSource, there, warn, isStrict });
    const copied = new Set(archives.filter(isCopied).map(({ name }) => name));
    await target.folder.removeUnverified(
      (name) => copied.has(name) || name in target.ledger.backups,
    );
    await afterwards?.(target, archives);
    return {
      from,
      to: target.folder.address,
      ...countsOf(archives, plan.present),
      warnings,
      elapsedMs: Math.round(performance.now() - started),
    };
  });
}

function isCopied({ state }: CopiedArchive): boolean {
  return state !== "failed";
}

/** What a result says of its archives. */
export function countsOf(
  archives: readonly CopiedArchive[],
  present: number,
): Pick<CopyResult, "archives" | "copied" | "present" | "failed" | "archiveBytes"> {
  const failed = archives.filter((archive) => !isCopied(archive)).length;
  const written = archives.filter(({ state }) => state === "copied");
  const archiveBytes = written.reduce((sum, each) => sum + each.archiveBytes, 0);
  return { archives, copied: archives.length - failed, present, failed, archiveBytes };
}

/** Reads a folder. */
export async function readSource(
  address: string,
  warn: (problem: Warning) => void,
): Promise<FolderState> {
  const { ledger, problem } = await readLedger(address);
  if (problem !== null) warn(warning("backup-state", null, problem));
  return { files: await listBackups(address, ledger), ledger };
}

/** @throws UsageError when both addresses are those of one folder. */
export async function refuseSameFolder(from: string, to: string): Promise<void> {
  if ((await placeOf(from)) !== (await placeOf(to))) return;
  throw new UsageError("the copies would be written into the folder that they are copied from", {
    object: to,
  });
}

/** The same for all addresses of a folder, as far as names tell. */
async function placeOf(address: string): Promise<string> {
  if (isStoreAddress(address)) {
    const { bucket, key, options } = parseStoreAddress(address);
    return JSON.stringify([bucket, key, options.endpoint ?? null]);
  }
  return realpath(address).catch(() => resolve(address));
}
