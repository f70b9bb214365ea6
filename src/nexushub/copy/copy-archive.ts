/** Copies one archive, with its base where it needs one. */
import { decryptArchive, isEncrypted } from "../../archive/encryption/age.ts";
import { openArchive } from "../../archive/reader.ts";
import { UsageError } from "../../errors.ts";
import { requirePath } from "../../sql/conninfo/require-path.ts";
import { parseBackupName } from "../backup-folder/backup-name.ts";
import { isBackupFolder } from "../backup-folder/is-folder.ts";
import { splitBackupPath } from "../backup-folder/split-path.ts";
import { type ChooseBackups, copyChosen, countsOf } from "./copy-backups.ts";
import { copyFile, refuseExisting } from "./copy-file.ts";
import type { CopyOptions, CopyResult } from "./options.ts";
import { withTargetFolder } from "./target-folder.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

interface Place {
  readonly folder: string;
  readonly name: string;
}

/**
 * Copies an archive, byte for byte, between folders of this machine and of object stores. The copy is verified, and nothing
 * has its name before it is whole. A backup (`nexushub-<time>.tar.gz`) keeps its name, gets into the folder's list of
 * backups, and a differential one is copied with the full one that it needs.
 * @param copy the name of the copy, or a folder.
 * @throws OutputError when there is something of its name already, or it cannot be written; ArchiveError when the archive is
 *   damaged; RefusedError (BASE_MISSING) when it is differential, and the target has no base; MismatchError when the copy
 *   differs; StoreError; NexushubDumpError (BUSY) while another run writes into the folder; AbortedError. Then there is no copy.
 */
export async function copyArchive(
  archive: PathOrUrl,
  copy: PathOrUrl,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const [from, to] = [pathText(archive), pathText(copy)];
  requirePath(from, "archive");
  requirePath(to, "archive");
  const source = splitBackupPath(from);
  const target = await placeOf(to, source.name);
  if (parseBackupName(source.name) === null) {
    refuseBackupName(target.name);
    return copyAlone(from, target, options);
  }
  if (target.name !== source.name)
    throw new UsageError(`a backup keeps its name: ${source.name}`, {
      object: to,
      hint: "name the folder to copy it into",
    });
  const choose: ChooseBackups = ({ files }) => {
    if (!files.some(({ name }) => name === source.name))
      throw new UsageError(`there is no backup ${source.name} in ${source.folder}`, {
        object: from,
        hint: "nexushub-dump list shows the backups",
      });
    return ({ name }) => name === source.name;
  };
  return copyChosen(source.folder, target.folder, options, { choose, isStrict: true });
}

/** A folder is one that exists; in a store, one that is not named like an archive. */
async function placeOf(to: string, name: string): Promise<Place> {
  const isFolder = to.endsWith("/") || (await isBackupFolder(to));
  return isFolder ? { folder: to, name } : splitBackupPath(to);
}

function refuseBackupName(name: string): void {
  if (parseBackupName(name) === null) return;
  throw new UsageError(`${name} is the name of a backup, and the archive is none`, {
    object: name,
    hint: "choose another name",
  });
}

/** An archive that no list of backups records. */
async function copyAlone(
  from: string,
  { folder, name }: Place,
  options: CopyOptions,
): Promise<CopyResult> {
  const started = performance.now();
  return withTargetFolder(folder, name, ignore, async (target) => {
    await refuseExisting(target, name);
    options.onArchive?.(name);
    const path = target.folder.addressOf(name);
    const archive = { name, path: from, entry: null, base: null };
    const copy = await copyFile(target, archive, options, async ({ contents }, copyPath) => {
      if ((contents?.base ?? null) !== null) await requireBase(copyPath, options);
    });
    const elapsedMs = Math.round(performance.now() - started);
    const verified = copy.contents === null ? ("bytes" as const) : ("contents" as const);
    const { archiveBytes } = copy;
    const outcome = { state: "copied" as const, verified, code: null, message: null, elapsedMs };
    const counts = countsOf([{ name, path, archiveBytes, ...outcome }], 0);
    return { from, to: path, ...counts, warnings: [], elapsedMs };
  });
}

/** The list of backups does not matter here. */
const ignore = (): void => undefined;

/** @throws RefusedError (BASE_MISSING) only when the base of a differential archive is not beside it. */
async function requireBase(path: string, { identities, signal }: CopyOptions): Promise<void> {
  const isSealed = identities !== undefined && (await isEncrypted(path));
  const reader = await openArchive(isSealed ? decryptArchive(path, identities) : path, { signal });
  await reader.close();
}
