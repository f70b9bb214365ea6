/** Summary and schema of an archive, without a database. */
import { type ArchiveContents, archiveContents } from "../archive/contents.ts";
import { openArchive } from "../archive/reader.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";

/** Options of `inspect` and `inspectSql`. */
export interface InspectOptions {
  /** Stops reading. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the manifest of an archive: a few kilobytes of a file, however large it is.
 * @throws ArchiveError only when the manifest or the trailer is damaged, or it is not an archive of ours.
 */
export async function inspect(
  archive: ArchiveOrigin,
  options: InspectOptions = {},
): Promise<ArchiveContents> {
  requirePath(archive, "archive");
  const reader = await openArchive(archive, { ...options, rows: false });
  try {
    return archiveContents(reader.manifest, reader.size);
  } finally {
    await reader.close();
  }
}

/**
 * The schema as SQL, with the closing semicolons: both sections, in creation order.
 * @throws ArchiveError as `inspect` does.
 */
export async function inspectSql(
  archive: ArchiveOrigin,
  options: InspectOptions = {},
): Promise<string> {
  requirePath(archive, "archive");
  const reader = await openArchive(archive, { ...options, rows: false });
  try {
    const statements = reader.manifest.objects.flatMap((object) => object.statements);
    return statements.map((statement) => `${statement};\n`).join("\n");
  } finally {
    await reader.close();
  }
}
