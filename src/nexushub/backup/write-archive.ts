/** Dumps the database to a temporary file, reads it back, and gives it its name. */
import { rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { encryptArchive } from "../../archive/encryption/age.ts";
import type { SealManifest } from "../../archive/writer.ts";
import { dump } from "../../dump/dump.ts";
import { AbortedError, isNexushubDumpError, NexushubDumpError } from "../../errors.ts";
import { syncFolder } from "../../util/atomic-file.ts";
import { outputError } from "../../util/output-error.ts";
import { temporaryName } from "../../util/temp-file.ts";
import { verify } from "../../verify/verify.ts";
import type { Lock } from "../backup-folder/lock.ts";
import type { OpenDeployment } from "../deployment/open-deployment.ts";
import type { KeyCheck } from "../keys/key-check.ts";
import { sealManifest } from "../keys/manifest-key.ts";
import type { EarlierBackup } from "./earlier-backup.ts";
import type { BackupReuse, ReuseSkipped } from "./options.ts";
import type { PreparedBackup } from "./prepare.ts";
import type { BackupRun } from "./run.ts";

export interface WrittenArchive {
  readonly archiveBytes: number;
  /** COPY text of all relations, uncompressed. */
  readonly bytes: number;
  readonly rows: number;
  readonly reuse: BackupReuse | null;
  readonly reuseSkipped: ReuseSkipped | null;
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
  const { signal, onProgress, encryptTo, signKey, compression, jobs } = run.options;
  const path = join(run.folder, name);
  const temporary = join(run.folder, temporaryName(name));
  const archive = typeof earlier === "string" ? null : earlier;
  let isRenamed = false;
  try {
    const target = encryptTo === undefined ? temporary : encryptArchive(temporary, encryptTo);
    const { rows, bytes, reuse, warnings } = await dump(deployment.connection, target, {
      signal,
      onProgress,
      compression,
      jobs,
      signKey,
      units: true,
      reuse: archive?.origin,
      seal: sealWith(keyCheck.key),
    });
    // The dump has reported them already.
    run.warnings.push(...warnings);
    await verify(target, { signal, isKnown: archive?.isKnown });
    const { size: archiveBytes } = await stat(temporary);
    if (!(await lock.isHeld())) throw lockLost(run.folder);
    const written = {
      archiveBytes,
      bytes,
      rows,
      reuse: archive === null || reuse === null ? null : { archive: archive.name, ...reuse },
      reuseSkipped: typeof earlier === "string" ? earlier : null,
    };
    await announce(written);
    isRenamed = true;
    await rename(temporary, path);
    await syncFolder(run.folder);
    return written;
  } catch (error) {
    await rm(temporary, { force: true });
    if (isRenamed) await rm(path, { force: true });
    if (signal?.aborted === true && !isNexushubDumpError(error))
      throw new AbortedError("while backing up", { cause: error });
    throw outputError(error, path);
  }
}

function sealWith(key: KeyCheck["key"]): SealManifest | undefined {
  return key === null ? undefined : (manifest) => sealManifest(manifest, key);
}

function lockLost(folder: string): NexushubDumpError {
  return new NexushubDumpError(
    "BUSY",
    "another backup took over the folder because this one did not respond for some minutes",
    { object: folder, hint: "see whether the machine was suspended or its disk did not respond" },
  );
}
