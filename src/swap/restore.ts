/** The public restore: into the target in one transaction, or beside it. */
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import type { OpenClient } from "../pg/borrow.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import type { PgliteClient } from "../pg/pglite.ts";
import type { RestoreOptions, RestoreResult } from "../restore/options.ts";

/**
 * Restores an archive in one transaction: schema, rows, indexes, constraints, sequences and checks, then COMMIT. With
 * `swap`, into a new database over several connections, which then takes the name of the target. Whatever fails, the
 * target stays as it was.
 * @param archive a path, a stream, or a store.
 * @param target the database: a connection string, which libpq's environment completes; a configuration of `pg`; an
 * open client of `pg` inside a transaction that the caller begins and ends; or a PGlite in this process. With `swap` one of
 * the first two.
 * @throws ArchiveError for damage; RefusedError when the target holds what the restore would collide with, or when
 * databases cannot be exchanged; UnsupportedServerError when it lacks what the archive needs; ServerError with the object
 * and the statement; MismatchError when counts differ; AbortedError when the signal fired.
 */
export async function restore(
  archive: ArchiveOrigin,
  target: ConnectionSource | OpenClient | PgliteClient,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  const { swap } = options;
  if (swap !== undefined) {
    const { restoreBeside } = await import("./restore-beside.ts");
    return restoreBeside(archive, target, { ...options, swap });
  }
  const { restore: inTransaction } = await import("../restore/restore.ts");
  return inTransaction(archive, target, options);
}
