/** The public restore: opens archive and target, and does everything in one transaction. */
import type { ManifestObject } from "../archive/format/manifest.ts";
import { requiredKeys } from "../archive/signing/signed-archive.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { failureOf, NexushubDumpError } from "../errors.ts";
import { borrow, isClient, type OpenClient } from "../pg/borrow.ts";
import { connect, type ConnectionSource, type Connector } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { isPglite, type PgliteClient, refuseMissingInPglite, wrapPglite } from "../pg/pglite.ts";
import { checkServer } from "../pg/server.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";
import { selectFromArchive } from "./decide/selection.ts";
import { restoreSettings } from "./defaults.ts";
import { openForRestore } from "./open-intact.ts";
import type { RestoreOptions, RestoreResult } from "./options.ts";
import { analyzeCommitted, type PendingAnalysis } from "./run/analyze-committed.ts";
import type { KeptTransaction } from "./run/kept-transaction.ts";
import { inCallersTransaction, inOwnTransaction } from "./run/transaction-scope.ts";
import { runRestoreTransaction } from "./transaction.ts";
import { objectLabel } from "../util/label.ts";
import type { Warning } from "../warnings.ts";

/**
 * Restores an archive in one transaction: schema, rows, indexes, constraints, sequences and checks, then COMMIT. ANALYZE follows.
 * Whatever fails, the target stays as it was.
 * @param archive a path, a stream, or a store.
 * @param target the database: a connection string, which libpq's environment completes; a configuration of `pg`; an
 * open client of `pg` inside a transaction that the caller begins and ends; or a PGlite in this process.
 * @throws ArchiveError for damage; RefusedError when the target holds what the restore would collide with;
 * UnsupportedServerError when it lacks what the archive needs; ServerError with the object and the statement;
 * MismatchError when counts differ; AbortedError when the signal fired.
 */
export async function restore(
  archive: ArchiveOrigin,
  target: ConnectionSource | OpenClient | PgliteClient,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  requirePath(archive, "archive");
  if (options.swap !== undefined)
    throw new NexushubDumpError("INTERNAL", "a swap is not made in one transaction");
  const started = performance.now();
  const isSigned = requiredKeys(archive) !== undefined;
  const asked = restoreSettings({ ...options, trusted: options.trusted ?? isSigned });
  const { signal, onProgress, dryRun } = asked;
  const { reader, settings, lost, warnings: known } = await openForRestore(archive, asked);
  const warnings = [...known];
  onProgress?.({ type: "phase", phase: "connect" });
  for (const each of warnings) onProgress?.({ type: "warning", ...each });
  let connection: Connection | undefined;
  try {
    const selection = selectFromArchive(reader.manifest, settings);
    const opened = await openTarget(target, signal);
    connection = opened.connection;
    const version = await checkServer(connection, opened.connector, {
      purpose: "restore into",
    });
    if (isPglite(target))
      await refuseMissingInPglite(connection, ...pgliteNeeds(selection.objects));
    const isOwn = !isClient(target);
    const warn = (warning: Warning): void => {
      warnings.push(warning);
      onProgress?.({ type: "warning", ...warning });
    };
    const context = { reader, version, selection, settings, analyzesLater: isOwn && !dryRun, warn };
    const body = (transaction: KeptTransaction) =>
      runRestoreTransaction({ ...context, transaction });
    const afterCommit = ({ analysis }: { analysis: PendingAnalysis }) =>
      analyzeCommitted(opened.connection, analysis, { ...opened, signal, onProgress, warn });
    const { outcome } = isOwn
      ? await inOwnTransaction(connection, { dryRun, onProgress, afterCommit }, body)
      : await inCallersTransaction(connection, body);
    return {
      target: connection.label,
      ...outcome,
      lost,
      warnings,
      committed: !isClient(target) && !dryRun,
      elapsedMs: Math.round(performance.now() - started),
    };
  } catch (error) {
    throw failureOf(error, signal, "while restoring");
  } finally {
    await connection?.close();
    await reader.close();
  }
}

/** Opens what a caller named as the target; `connector` is undefined where no second connection can be opened. */
export async function openTarget(
  target: ConnectionSource | OpenClient | PgliteClient,
  signal: AbortSignal | undefined,
): Promise<{ connection: Connection; connector: Connector | undefined }> {
  if (isPglite(target))
    return { connection: await wrapPglite(target, signal), connector: undefined };
  if (isClient(target)) return { connection: await borrow(target, signal), connector: undefined };
  return connect(target, { signal });
}

/** Extensions that the objects need, and objects that a database in one process cannot have. */
function pgliteNeeds(objects: readonly ManifestObject[]): [string[], string[]] {
  const of = (kind: string) => objects.filter((object) => object.kind === kind);
  return [
    of("extension").map(({ name }) => name),
    [...of("subscription"), ...of("foreign-server")].map(objectLabel),
  ];
}
