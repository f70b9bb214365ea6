/** Dumps the database to a temporary file, reads it back, and gives it its name. */
import { withBase } from "../../archive/base/with-base.ts";
import { encryptArchive } from "../../archive/encryption/age.ts";
import type { SealManifest } from "../../archive/writer.ts";
import { dump } from "../../dump/dump.ts";
import { AbortedError, isNexushubDumpError } from "../../errors.ts";
import { addressIn } from "../../store/address.ts";
import type { Lock } from "../../store/folder.ts";
import { openFolder } from "../../store/open-folder.ts";
import { outputError } from "../../util/output-error.ts";
import { verify } from "../../verify/verify.ts";
import { plural } from "../../util/format.ts";
import { type Warning, warning } from "../../warnings.ts";
import { requireHeld } from "../backup-folder/writing-lock.ts";
import { largestTables } from "../backup-folder/backup-facts.ts";
import { differentialName } from "../backup-folder/backup-name.ts";
import type { BackupFacts } from "../backup-folder/ledger.ts";
import type { OpenDeployment } from "../deployment/open-deployment.ts";
import type { KeyCheck } from "../keys/key-check.ts";
import { sealManifest } from "../keys/manifest-key.ts";
import type { EarlierBackup } from "./earlier-backup.ts";
import type { BackupReuse, ReuseSkipped } from "./options.ts";
import type { PreparedBackup } from "./prepare.ts";
import type { BackupRun } from "./run.ts";

export interface WrittenArchive {
  /** Name of the file. */
  readonly name: string;
  readonly archiveBytes: number;
  /** The digest by which differential backups refer to it. */
  readonly sha256: string;
  /** The full backup that it needs; null when it is full. */
  readonly base: NeededBackup | null;
  /** COPY text of all relations, uncompressed. */
  readonly bytes: number;
  readonly rows: number;
  /** Sizes of the largest tables. */
  readonly tables: BackupFacts["tables"];
  readonly reuse: BackupReuse | null;
  readonly reuseSkipped: ReuseSkipped | null;
}

/** The base of a differential backup. */
export interface NeededBackup {
  readonly name: string;
  readonly sha256: string;
}

export interface ArchiveToWrite {
  readonly prepared: PreparedBackup;
  /** The backup of which unchanged rows are reused, or why there is none. */
  readonly earlier: EarlierBackup | ReuseSkipped;
  readonly lock: Lock;
  /** Called with the verified archive before it gets its name. */
  readonly announce: (written: WrittenArchive) => Promise<void>;
}

/**
 * Writes the archive. A failure leaves no file.
 * @throws the errors of `dump` and `verify`; OutputError for those of the file system; NexushubDumpError (BUSY) only when
 *   another run took over the folder meanwhile.
 */
export async function writeArchive(
  run: BackupRun,
  deployment: OpenDeployment,
  { prepared, earlier, lock, announce }: ArchiveToWrite,
): Promise<WrittenArchive> {
  const { name, keyCheck } = prepared;
  const { signal, onProgress, encryptTo, signKey, compression, jobs, roles } = run.options;
  const draft = await (await openFolder(run.folder)).draft(name);
  const archive = typeof earlier === "string" ? null : earlier;
  let path = addressIn(run.folder, name);
  try {
    const target = encryptTo === undefined ? draft.target : encryptArchive(draft.target, encryptTo);
    const dumped = await dump(deployment.connection, target, {
      signal,
      onProgress,
      compression,
      jobs,
      roles,
      signKey,
      units: true,
      ...(archive?.isBase === true ? { base: archive.origin } : { reuse: archive?.origin }),
      seal: sealWith(keyCheck.key),
    });
    // The dump has reported them already.
    run.warnings.push(...dumped.warnings);
    const { rows, bytes, sha256, reuse } = dumped;
    if (rows === 0) run.warn(emptyBackup(deployment, dumped.relations.length));
    const complete = dumped.base === null ? target : withBase(target, archive!.origin);
    onProgress?.({ type: "phase", phase: "check" });
    await verify(complete, { signal, isKnown: archive?.isKnown, onProgress });
    const archiveBytes = await draft.size();
    await requireHeld(lock, run.folder, "backup");
    const base = dumped.base === null ? null : { name: archive!.name, sha256: dumped.base.sha256 };
    const finalName = base === null ? name : differentialName(name);
    path = addressIn(run.folder, finalName);
    const written = {
      name: finalName,
      archiveBytes,
      sha256,
      base,
      bytes,
      rows,
      tables: largestTables(dumped.relations),
      reuse: archive === null || reuse === null ? null : { archive: archive.name, ...reuse },
      reuseSkipped: typeof earlier === "string" ? earlier : null,
    };
    await announce(written);
    await draft.publish(finalName);
    return written;
  } catch (error) {
    await draft.discard();
    if (signal?.aborted === true && !isNexushubDumpError(error))
      throw new AbortedError("while backing up", { cause: error });
    throw outputError(error, path);
  }
}

/** Most likely the wrong database, or one whose tables somebody emptied. */
function emptyBackup({ why }: OpenDeployment, relations: number): Warning {
  const what = relations === 0 ? "no tables" : `no rows in its ${plural(relations, "table")}`;
  const reasons = why.length === 0 ? "" : ` (${why.join("; ")})`;
  const message = `THE BACKUP IS EMPTY: the database has ${what}; see that it is the right one${reasons}`;
  return warning("empty-backup", null, message);
}

function sealWith(key: KeyCheck["key"]): SealManifest | undefined {
  return key === null ? undefined : (manifest) => sealManifest(manifest, key);
}
