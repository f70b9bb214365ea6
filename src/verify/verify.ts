/** Proves an archive without a database. */
import { openArchive } from "../archive/reader.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { verifyArchive, type VerifyArchiveReport } from "../archive/verify.ts";
import { ArchiveError } from "../errors.ts";
import type { OnProgress } from "../events.ts";
import { listed } from "../util/format.ts";

export interface VerifyOptions {
  /** Stops reading. */
  readonly signal?: AbortSignal | undefined;
  /** Receives `data` events while the archive is read. */
  readonly onProgress?: OnProgress | undefined;
}

/** What was proven: nothing is damaged. */
export interface VerifyResult extends Omit<VerifyArchiveReport, "damaged"> {
  /** Of the whole archive. */
  readonly archiveBytes: number;
  readonly elapsedMs: number;
}

/**
 * Proves every byte of an archive: checksums of what is stored and of the rows, their number, sizes and headers.
 * @throws ArchiveError only when something is damaged; the message names every damaged entry.
 */
export async function verify(
  archive: ArchiveOrigin,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  const started = performance.now();
  const reader = await openArchive(archive, options);
  try {
    const { damaged, ...proven } = await verifyArchive(reader, options);
    if (damaged.length > 0) {
      const entries = damaged.map(({ entry, message }) => `${entry} (${message})`);
      throw new ArchiveError(`the archive is damaged: ${listed(entries)}`, {
        object: damaged[0]!.entry,
        hint: "use another backup; what is undamaged can still be restored one table at a time with --table",
      });
    }
    return {
      ...proven,
      archiveBytes: reader.size,
      elapsedMs: Math.round(performance.now() - started),
    };
  } finally {
    await reader.close();
  }
}
