/** The public restore: proves the archive, looks at the target, and does everything in one transaction. */
import type { ManifestObject } from "../archive/format/manifest.ts";
import { openArchive } from "../archive/reader.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { AbortedError, UsageError } from "../errors.ts";
import {
  borrow,
  connect,
  type ConnectionSource,
  type Connector,
  isClient,
  type OpenClient,
} from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { isPglite, type PgliteClient, refuseMissingInPglite, wrapPglite } from "../pg/pglite.ts";
import { checkServer } from "../pg/server.ts";
import type { RestoreOptions, RestoreResult } from "./options.ts";
import { selectFromArchive } from "./decide/selection.ts";
import { settingsNow } from "./target/read.ts";
import { runRestoreTransaction } from "./transaction.ts";
import { objectLabel } from "../util/label.ts";

/**
 * Restores an archive in one transaction: schema, rows, indexes, constraints, sequences and checks, then COMMIT.
 * Whatever fails, the target stays as it was.
 * @param archive a path, a stream, or a store.
 * @param target the database: a connection string, which libpq's environment completes; a configuration of `pg`; or an
 * open client of `pg` inside a transaction that the caller begins and ends; or a PGlite in this process.
 * @throws ArchiveError for damage, RefusedError when the target is not fit and nothing was done, ServerError naming the
 * object and statement, MismatchError when counts differ, AbortedError when the signal fired.
 */
export async function restore(
  archive: ArchiveOrigin,
  target: ConnectionSource | OpenClient | PgliteClient,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  const started = performance.now();
  refuseContradictions(options);
  const { signal, onProgress } = options;
  onProgress?.({ type: "phase", phase: "connect" });
  const reader = await openArchive(archive, { signal });
  let connection: Connection | undefined;
  try {
    const selection = selectFromArchive(reader.manifest, chooseOptions(options));
    const opened = await open(target, signal);
    connection = opened.connection;
    const version = await checkServer(connection, opened.connector, {
      purpose: "restore into",
      allowNewer: true,
    });
    if (isPglite(target))
      await refuseMissingInPglite(connection, ...pgliteNeeds(selection.objects));
    const restoreTransaction = { reader, connection, version, selection, options };
    const borrowed = isClient(target);
    const result = borrowed
      ? await withinTransaction(connection, () => runRestoreTransaction(restoreTransaction))
      : await ownTransaction(connection, options, () => runRestoreTransaction(restoreTransaction));
    return {
      target: connection.label,
      ...result,
      committed: !borrowed && options.dryRun !== true,
      elapsedMs: Math.round(performance.now() - started),
    };
  } catch (error) {
    if (signal?.aborted === true && !(error instanceof AbortedError)) {
      throw new AbortedError("while restoring", { cause: error });
    }
    throw error;
  } finally {
    await connection?.close();
    await reader.close();
  }
}

function refuseContradictions({
  schemaOnly,
  dataOnly,
  sections,
  disableTriggers,
  tables,
}: RestoreOptions): void {
  if (sections !== undefined && (schemaOnly === true || dataOnly === true)) {
    throw new UsageError("sections exclude schema-only and data-only");
  }
  if (sections?.length === 0) throw new UsageError("no section was named");
  if (schemaOnly === true && dataOnly === true) {
    throw new UsageError("schema-only and data-only exclude each other");
  }
  if (disableTriggers === true && dataOnly !== true) {
    throw new UsageError(
      "triggers need disabling only with data-only: otherwise they are made after the rows",
    );
  }
  if (tables?.some((text) => text === "") === true)
    throw new UsageError("a table pattern is empty");
}

function chooseOptions(options: RestoreOptions): Parameters<typeof selectFromArchive>[1] {
  return {
    schemaOnly: options.schemaOnly ?? options.sections?.includes("data") === false,
    dataOnly: options.dataOnly ?? false,
    sections: options.sections,
    owner: options.owner ?? false,
    privileges: options.privileges ?? false,
    tables: options.tables ?? [],
    searchPath: options.searchPath ?? ["public"],
    leaveOut: options.leaveOut,
  };
}

async function open(
  target: ConnectionSource | OpenClient | PgliteClient,
  signal: AbortSignal | undefined,
): Promise<{ connection: Connection; connector: Connector | undefined }> {
  if (isPglite(target))
    return { connection: await wrapPglite(target, signal), connector: undefined };
  if (isClient(target)) return { connection: await borrow(target, signal), connector: undefined };
  return connect(target, { signal });
}

/** Begins and ends a transaction around the work. What begins it must not depend on the login's defaults. */
async function ownTransaction<T>(
  connection: Connection,
  { dryRun, onProgress }: RestoreOptions,
  restoreTransaction: () => Promise<T>,
): Promise<T> {
  await connection.query("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", {
    doing: `cannot write to ${connection.label}`,
    hint: "a standby takes no restore: connect to the primary server",
  });
  const result = await restoreTransaction();
  onProgress?.({ type: "phase", phase: "commit" });
  await connection.query(dryRun === true ? "ROLLBACK" : "COMMIT", { doing: "cannot commit" });
  onProgress?.({ type: "phase", phase: "finish" });
  return result;
}

/**
 * Works inside the caller's transaction, and leaves its settings as they were. No savepoint around it: rows could not be
 * frozen then, and after a failure the transaction is the caller's to roll back.
 */
async function withinTransaction<T>(
  connection: Connection,
  restoreTransaction: () => Promise<T>,
): Promise<T> {
  try {
    // Allowed in a transaction block only, and leaves no trace in it.
    await connection.query("SAVEPOINT nexushub_dump");
    await connection.query("RELEASE nexushub_dump");
  } catch (cause) {
    throw new UsageError("the client is not inside a transaction that can go on", {
      hint: "begin one before the restore, and commit or roll it back after",
      cause,
    });
  }
  const putBack = await settingsNow(connection);
  const result = await restoreTransaction();
  await connection.query(putBack);
  return result;
}

/** Extensions that objects are of, and what a database in one process cannot have. */
function pgliteNeeds(objects: readonly ManifestObject[]): [string[], string[]] {
  const of = (kind: string) => objects.filter((object) => object.kind === kind);
  return [
    of("extension").map(({ name }) => name),
    [...of("subscription"), ...of("foreign-server")].map(objectLabel),
  ];
}
