/** The code in an archive, without a database. */
import { openArchive } from "../../archive/reader.ts";
import { requiredKeys } from "../../archive/signing/signed-archive.ts";
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import { requirePath } from "../../sql/conninfo/require-path.ts";
import type { InspectOptions } from "../inspect.ts";
import { type ArchiveCode, archiveCode } from "./archive-code.ts";

/**
 * Lists what of an archive runs code at or after a restore, and statements that no dump writes.
 * @throws ArchiveError as `inspect` does.
 */
export async function inspectCode(
  archive: ArchiveOrigin,
  options: InspectOptions = {},
): Promise<ArchiveCode> {
  requirePath(archive, "archive");
  const reader = await openArchive(archive, { ...options, rows: false });
  try {
    const isSigned = reader.manifest.signature !== null;
    const isVerified = requiredKeys(archive) !== undefined;
    return {
      signature: isVerified ? "verified" : isSigned ? "unverified" : "unsigned",
      ...archiveCode(reader.manifest),
    };
  } finally {
    await reader.close();
  }
}
