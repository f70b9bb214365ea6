/** The public dump: one call, one archive, and nothing left behind when it fails. */
import { isSpecialFile } from "../archive/storage/path-sink.ts";
import { type ArchiveTarget, openSink, pathOf } from "../archive/storage/sink.ts";
import type { ArchiveSink } from "../archive/storage/store.ts";
import type { ArchiveWriter } from "../archive/writer.ts";
import {
  failureOf,
  isError,
  isNexushubDumpError,
  NexushubDumpError,
  type ServerError,
} from "../errors.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";
import { warning } from "../warnings.ts";
import { dumpSettings } from "./defaults.ts";
import type { DumpOptions, DumpResult } from "./options.ts";
import type * as Writing from "./write-archive.ts";
import { openSource } from "./open-source.ts";
import { openEarlier } from "./reuse/earlier-archive.ts";

/**
 * Writes a consistent archive of a database. The archive appears under its name only when it is complete; after an error
 * nothing is left behind.
 * @param source the database: a connection string, which libpq's environment completes, or a configuration of `pg`.
 * @param target where the archive goes: a path, a stream, or a store.
 * @throws UsageError for options that make no sense; ConnectionError, UnsupportedServerError and ServerError for answers
 * of the server; ReplacedRelationError when schemas were renamed meanwhile, and ServerError when a standby's replay cancelled
 * the dump, for a path or a store at the second attempt;
 * UnsupportedObjectError for objects that cannot be dumped; OutputError when the archive cannot be
 * written; AbortedError when the signal fired.
 */
export async function dump(
  source: ConnectionSource,
  target: ArchiveTarget,
  options: DumpOptions = {},
): Promise<DumpResult> {
  requirePath(target, "archive");
  const started = performance.now();
  const result = await dumpOnce(source, target, options).catch(async (error: unknown) => {
    if (!(await canRepeat(error, target))) throw error;
    return repeated(source, target, options, error as NexushubDumpError);
  });
  return { ...result, elapsedMs: Math.round(performance.now() - started) };
}

/** Of the read-only transaction of a dump it is that of a standby whose replay did not wait for its queries. */
const SERIALIZATION_FAILURE = "40001";

/** Whether nothing of the failed attempt was left, and another one may succeed. */
async function canRepeat(error: unknown, target: ArchiveTarget): Promise<boolean> {
  if (!isNexushubDumpError(error)) return false;
  const isPassing =
    error.code === "RELATION_REPLACED" ||
    (error as Partial<ServerError>).sqlState === SERIALIZATION_FAILURE;
  if (!isPassing) return false;
  const path = pathOf(target);
  return path === null ? "create" in Object(target) : !(await isSpecialFile(path));
}

async function repeated(
  source: ConnectionSource,
  target: ArchiveTarget,
  options: DumpOptions,
  { object, message }: NexushubDumpError,
): Promise<DumpAttempt> {
  const repetition = warning(
    "dump-repeated",
    object ?? null,
    `the dump was begun again: ${message}`,
  );
  options.onProgress?.({ type: "warning", ...repetition });
  const result = await dumpOnce(source, target, options);
  return { ...result, warnings: [repetition, ...result.warnings] };
}

/** Plan and archive are most of a dump's code: loaded while the server reads the catalogs, they cost no time. */
const loadWriting = (): Promise<typeof Writing> => import("./write-archive.ts");

type DumpAttempt = Omit<DumpResult, "elapsedMs">;

async function dumpOnce(
  source: ConnectionSource,
  target: ArchiveTarget,
  options: DumpOptions,
): Promise<DumpAttempt> {
  const settings = dumpSettings(options);
  const controller = new AbortController();
  const stop = (reason: unknown): void => controller.abort(reason);
  const signal = AbortSignal.any([
    controller.signal,
    ...(options.signal === undefined ? [] : [options.signal]),
  ]);
  const connections: Connection[] = [];
  const offered = await openEarlier(options, signal);
  // At the same time: both mostly wait.
  const opening = openSink(target);
  const reading = openSource(source, settings, {
    signal,
    onConnection: (connection) => void connections.push(connection),
    onReading: () => void loadWriting().catch(() => undefined),
  });
  // Nothing is read for an archive that cannot be begun. Both are awaited below, in this order.
  opening.catch(stop);
  reading.catch(() => {});
  let sink: ArchiveSink | undefined;
  let writer: ArchiveWriter | undefined;
  try {
    sink = await opening;
    const opened = await reading;
    const { writeArchive } = await loadWriting();
    const result = await writeArchive(opened, {
      settings,
      offered,
      sink,
      onWriter: (created) => void (writer = created),
      connections,
      signal,
      stop,
    });
    return { path: pathOf(target), ...result };
  } catch (error) {
    const failure = toFailure(error, options.signal);
    stop(failure);
    await (writer === undefined ? sink?.abort() : writer.abort(failure));
    throw failure;
  } finally {
    await Promise.allSettled([reading]);
    await Promise.all(
      [...connections, ...(offered === null ? [] : [offered])].map((each) => each.close()),
    );
  }
}

function toFailure(error: unknown, signal: AbortSignal | undefined): Error {
  const failure = failureOf(error, signal, "while dumping");
  return isError(failure) ? failure : new NexushubDumpError("INTERNAL", String(failure));
}
