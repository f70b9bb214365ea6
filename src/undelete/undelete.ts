/** The public undelete: opens archive and target, and brings rows back in one transaction. */
import { openArchive } from "../archive/reader.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { failureOf } from "../errors.ts";
import { isClient, type OpenClient } from "../pg/borrow.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import type { PgliteClient } from "../pg/pglite.ts";
import { checkServer } from "../pg/server.ts";
import { openTarget } from "../restore/restore.ts";
import type { KeptTransaction } from "../restore/run/kept-transaction.ts";
import { inCallersTransaction, inOwnTransaction } from "../restore/run/transaction-scope.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";
import type { UndeleteOptions, UndeleteResult } from "./options.ts";
import { runUndelete, type UndeleteCheck } from "./transaction.ts";

/**
 * Brings rows of an archive back into the database that they were deleted from, with the rows that they refer to. In one
 * transaction: all of them or none. Rows that are there are never changed, nor are sequences, nor other tables.
 * @param archive a path, a stream, or a store.
 * @param target the database, as `restore` takes it.
 * @throws RowConflictError when other rows are in the way, or the tables changed; UsageError when a condition selects nothing;
 * ArchiveError for damage; ServerError with the table; MismatchError when the server stored something else; AbortedError when
 * the signal fired. Nothing was changed then.
 */
export async function undelete(
  archive: ArchiveOrigin,
  target: ConnectionSource | OpenClient | PgliteClient,
  options: UndeleteOptions,
): Promise<UndeleteResult> {
  return undeleteChecked(archive, target, options, undefined);
}

/** @param check examines the target before the transaction is committed, and adds warnings. */
export async function undeleteChecked(
  archive: ArchiveOrigin,
  target: ConnectionSource | OpenClient | PgliteClient,
  options: UndeleteOptions,
  check: UndeleteCheck | undefined,
): Promise<UndeleteResult> {
  requirePath(archive, "archive");
  const started = performance.now();
  const { signal, onProgress, dryRun = false } = options;
  onProgress?.({ type: "phase", phase: "connect" });
  const reader = await openArchive(archive, { signal });
  let connection: Connection | undefined;
  try {
    const opened = await openTarget(target, signal);
    connection = opened.connection;
    const version = await checkServer(connection, opened.connector, { purpose: "restore into" });
    const body = (transaction: KeptTransaction) =>
      runUndelete({ reader, transaction, version, options, check });
    // One snapshot from start to end: what others change meanwhile is an error, and no surprise.
    const isolation = "REPEATABLE READ";
    const outcome = isClient(target)
      ? await inCallersTransaction(connection, body)
      : await inOwnTransaction(connection, { dryRun, isolation, onProgress }, body);
    return {
      ...outcome,
      committed: !isClient(target) && !dryRun,
      elapsedMs: Math.round(performance.now() - started),
    };
  } catch (error) {
    throw failureOf(error, signal, "while bringing rows back");
  } finally {
    await connection?.close();
    await reader.close();
  }
}
