/** Verifies an archive without a database. */
import { rowsLabel } from "../archive/format/row-range.ts";
import { openArchive } from "../archive/reader.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { type VerifiedEntries, verifyEntries } from "../archive/verify-entries.ts";
import { ArchiveError } from "../errors.ts";
import type { OnProgress } from "../events.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";
import { listed } from "../util/format.ts";
import { textMismatches } from "./text-entries.ts";

/** Options of `verify`. */
export interface VerifyOptions {
  /** Stops reading. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Entries of which only the stored bytes are compared with their checksum, because an archive with the same bytes was
   * verified before. Default: none.
   */
  readonly isKnown?: ((entry: { readonly sha256: string }) => boolean) | undefined;
  /** Receives `data` events while the archive is read. */
  readonly onProgress?: OnProgress | undefined;
}

/** Sizes of an archive in which nothing is damaged. */
export interface VerifyResult extends VerifiedEntries {
  /** Size of the archive. */
  readonly archiveBytes: number;
  readonly elapsedMs: number;
}

/**
 * Verifies every byte of an archive: checksums of the stored bytes and of the rows, row counts, sizes and headers, and
 * that the readable texts say what the manifest says.
 * @throws ArchiveError only when something is damaged; the message names the damaged entries.
 */
export async function verify(
  archive: ArchiveOrigin,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  requirePath(archive, "archive");
  const started = performance.now();
  const reader = await openArchive(archive, options);
  try {
    const { damaged: unreadable, ...verified } = await verifyEntries(reader, options);
    const names = new Set(unreadable.map(({ entry }) => entry));
    const damaged = [...unreadable, ...(await textMismatches(reader, names))];
    if (damaged.length > 0) {
      const entries = damaged.map(
        ({ entry, message, rows }) =>
          `${entry}${rows === undefined ? "" : `, ${rowsLabel(rows)}`} (${message})`,
      );
      throw new ArchiveError(`the archive is damaged: ${listed(entries)}`, {
        object: damaged[0]!.entry,
        hint: "use another backup; restore --skip-damaged still restores what is intact",
      });
    }
    return {
      ...verified,
      archiveBytes: reader.size,
      elapsedMs: Math.round(performance.now() - started),
    };
  } finally {
    await reader.close();
  }
}
