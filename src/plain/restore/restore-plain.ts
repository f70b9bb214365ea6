/** Restores a plain dump in one transaction, with the decisions of a restore of an archive. */
import { type ArchiveOrigin, openSource } from "../../archive/storage/source.ts";
import { failureOf } from "../../errors.ts";
import { connect, type ConnectionSource } from "../../pg/connect.ts";
import { checkServer } from "../../pg/server.ts";
import { type RestoreSettings, restoreSettings } from "../../restore/defaults.ts";
import type { RestoreResult } from "../../restore/options.ts";
import type { KeptTransaction } from "../../restore/run/kept-transaction.ts";
import { inOwnTransaction } from "../../restore/run/transaction-scope.ts";
import { requirePath } from "../../sql/conninfo/require-path.ts";
import { requireUnsigned } from "../refused-dump.ts";
import { CheckedDump } from "./checked-dump.ts";
import type { BeforeCommit, PlainRestoreOptions } from "./options.ts";
import { runPlainTransaction } from "./transaction.ts";

/**
 * Restores a plain dump of `pg_dump`, or of `convert`, in one transaction. Nothing is committed unless all of it was read, is complete
 * and holds nothing that is not run. Where what it creates before its first rows decides what becomes of the target, it is read once,
 * while it runs; else it is read before anything is changed. No command of psql in it is ever run.
 * @param dump a path, a stream, or a store; compressed or not, by what it holds.
 * @param target the database: a connection string, which libpq's environment completes, or a configuration of `pg`.
 * @throws ArchiveError when it is cut short, damaged or holds what cannot be restored, whatever else fails; RefusedError when the
 * target holds what the restore would collide with; ServerError with the line; MismatchError when the server stores another number of
 * rows; AbortedError.
 */
export async function restorePlain(
  dump: ArchiveOrigin,
  target: ConnectionSource,
  options: PlainRestoreOptions = {},
): Promise<RestoreResult> {
  return restorePlainChecked(dump, target, options, undefined);
}

/** The same, with a look at what was restored. */
export async function restorePlainChecked(
  origin: ArchiveOrigin,
  target: ConnectionSource,
  options: PlainRestoreOptions,
  beforeCommit: BeforeCommit | undefined,
): Promise<RestoreResult> {
  requirePath(origin, "archive");
  requireUnsigned(origin);
  const started = performance.now();
  const settings = restoreSettings(options);
  const { signal, dryRun } = settings;
  const source = await openSource(origin, signal);
  const dump = new CheckedDump(source, settings);
  const { analyze } = options;
  const attempt: Attempt = { dump, settings, analyze, beforeCommit, transaction: undefined };
  try {
    const outcome = await restoreInto(target, attempt);
    const elapsedMs = Math.round(performance.now() - started);
    return { ...outcome, committed: !dryRun, elapsedMs };
  } catch (error) {
    const mayHaveStayed = attempt.transaction?.wasControlled === true;
    throw failureOf(mayHaveStayed ? error : await dump.failure(error), signal, "while restoring");
  } finally {
    await source.close();
  }
}

interface Attempt {
  readonly dump: CheckedDump;
  readonly settings: RestoreSettings;
  readonly analyze: boolean | undefined;
  readonly beforeCommit: BeforeCommit | undefined;
  /** Once it has begun. */
  transaction: KeptTransaction | undefined;
}

/** Leaves no connection open, and so no transaction. */
async function restoreInto(
  target: ConnectionSource,
  attempt: Attempt,
): Promise<Omit<RestoreResult, "committed" | "elapsedMs">> {
  const { dump, settings, analyze, beforeCommit } = attempt;
  const { signal, onProgress, dryRun } = settings;
  const known = await dump.begin();
  onProgress?.({ type: "phase", phase: "connect" });
  const { connection, connector } = await connect(target, { signal });
  try {
    const version = await checkServer(connection, connector, { purpose: "restore into" });
    const outcome = await inOwnTransaction(connection, { dryRun, onProgress }, (transaction) => {
      attempt.transaction = transaction;
      const begun = { dump, known, transaction, version };
      return runPlainTransaction({ ...begun, settings, analyze, beforeCommit });
    });
    return { target: connection.label, ...outcome };
  } finally {
    await connection.close();
  }
}
