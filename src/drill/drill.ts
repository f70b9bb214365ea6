/**
 * The drill: proves an archive, restores it into a throwaway database, looks whether what came out is sound, and says
 * so in a report. What it finds wrong is in the report; it throws only when the drill itself cannot be held.
 */
import { archiveContents } from "../archive/contents.ts";
import type { Manifest, StoredManifest } from "../archive/format/manifest.ts";
import { openArchive } from "../archive/reader.ts";
import type { ArchiveStore } from "../archive/storage/store.ts";
import { isNexushubDumpError, ServerError } from "../errors.ts";
import type { OnProgress } from "../events.ts";
import { connect, type ConnectionSource } from "../pg/connect.ts";
import { checkServer } from "../pg/server.ts";
import { beginReading } from "../pg/session.ts";
import { restore } from "../restore/restore.ts";
import { verify } from "../verify/verify.ts";
import { addForeignKeys, isForeignKey } from "./deferred-foreign-keys.ts";
import { constraintsProbe, type RefusedConstraint } from "./probe-constraints.ts";
import { rowsProbe } from "./probe-rows.ts";
import { sequencesProbe } from "./probe-sequences.ts";
import type { Probe, ProbeContext } from "./probe.ts";
import {
  type DrillReport,
  failed,
  notRun,
  passed,
  type ProbeResult,
  type Verdict,
} from "./report.ts";
import { openThrowaway, type Throwaway } from "./throwaway.ts";
import { formatDuration, plural } from "../util/format.ts";

export interface DrillOptions {
  /** A server on which a scratch database is made and dropped. Default: an embedded PostgreSQL. */
  readonly into?: string | undefined;
  /** What to look at beside archive, restore, rows, constraints and sequences. Default: nothing. */
  readonly probes?: readonly Probe[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Receives the events of proving and restoring. */
  readonly onProgress?: OnProgress | undefined;
  /** Called with each probe's result as it comes. */
  readonly onProbe?: ((result: ProbeResult) => void) | undefined;
}

/** What a drill gathers while it goes on. */
interface DrillRun {
  readonly archive: string | ArchiveStore;
  readonly options: DrillOptions;
  readonly results: ProbeResult[];
  manifest: Manifest | null;
  storedManifest: StoredManifest | null;
  archiveBytes: number | null;
  target: string | null;
  restoreMs: number | null;
  recoveryPoint: Date | null;
}

const ARCHIVE = { id: "archive", title: "Archive proven" };
const RESTORE = { id: "restore", title: "Restored in one transaction" };

/**
 * Holds a drill. The archive is read twice, so it cannot be a stream.
 * @throws ConnectionError or ServerError only when no throwaway database is to be had; RefusedError (KEY_MISMATCH) when
 *   the archive is encrypted for others; AbortedError when the signal fired. The throwaway is removed in any case.
 */
export async function drill(
  archive: string | ArchiveStore,
  options: DrillOptions = {},
): Promise<DrillReport> {
  const startedAt = new Date();
  const started = performance.now();
  const run: DrillRun = {
    archive,
    options,
    results: [],
    manifest: null,
    storedManifest: null,
    archiveBytes: null,
    target: null,
    restoreMs: null,
    recoveryPoint: null,
  };
  const manifest = await verifyArchiveFirst(run);
  if (manifest === null) skipFrom(run, "the archive is damaged", true);
  else await holdWith(run, manifest);
  return {
    ok: run.results.every(({ status }) => status !== "failed"),
    startedAt: startedAt.toISOString(),
    elapsedMs: Math.round(performance.now() - started),
    archive: typeof archive === "string" ? archive : null,
    archiveBytes: run.archiveBytes,
    contents:
      run.manifest === null ? null : archiveContents(run.manifest, run.archiveBytes ?? undefined),
    target: run.target,
    restoreMs: run.restoreMs,
    recoveryPoint: run.recoveryPoint?.toISOString() ?? null,
    probes: run.results,
  };
}

/** The manifest when every byte of the archive is proven, null otherwise. */
async function verifyArchiveFirst(run: DrillRun): Promise<Manifest | null> {
  const { archive, options } = run;
  const { status } = await probe(run, ARCHIVE, async () => {
    const reader = await openArchive(archive, options);
    run.manifest = reader.manifest;
    run.storedManifest = reader.storedManifest;
    run.archiveBytes = reader.size;
    await reader.close();
    const verified = await verify(archive, options);
    return passed(`all ${plural(verified.entries, "entry", "entries")} are whole`);
  });
  return status === "passed" ? run.manifest : null;
}

async function holdWith(run: DrillRun, manifest: Manifest): Promise<void> {
  const { serverVersionNum } = manifest.database;
  const throwaway = await openThrowaway({
    into: run.options.into,
    major: serverVersionNum === null ? undefined : Math.trunc(serverVersionNum / 10000),
    signal: run.options.signal,
  });
  try {
    run.target = throwaway.label;
    const refused: RefusedConstraint[] = [];
    const { status } = await probe(run, RESTORE, () =>
      restoreInto(run, manifest, throwaway, refused),
    );
    if (status === "passed") await look(run, manifest, throwaway.source, refused);
    else skipFrom(run, "the archive could not be restored", false);
  } finally {
    await throwaway.remove();
  }
}

/** SQLSTATE foreign_key_violation (PostgreSQL docs, appendix A). */
const FOREIGN_KEY_VIOLATION = "23503";

/** Restores; when foreign keys do not hold, without them, so that every other probe still has something to look at. */
async function restoreInto(
  run: DrillRun,
  manifest: Manifest,
  { source }: Throwaway,
  refused: RefusedConstraint[],
): Promise<Verdict> {
  const { archive, options } = run;
  const { signal, onProgress } = options;
  try {
    const result = await restore(archive, source, { signal, onProgress });
    run.restoreMs = result.elapsedMs;
    return passed(
      `${plural(result.rows, "row")} and ${plural(result.objects, "object")} in ${formatDuration(result.elapsedMs)}`,
    );
  } catch (error) {
    if (!(error instanceof ServerError) || error.sqlState !== FOREIGN_KEY_VIOLATION) throw error;
  }
  const result = await restore(archive, source, { signal, onProgress, leaveOut: isForeignKey });
  run.restoreMs = result.elapsedMs;
  const broken = await addForeignKeys(source, manifest, signal);
  refused.push(...broken.refused);
  return passed(
    `${plural(result.rows, "row")} and ${plural(result.objects, "object")} in ${formatDuration(result.elapsedMs)}, once ${plural(broken.names.length, "foreign key")} that the rows do not satisfy ${broken.names.length === 1 ? "was" : "were"} left out`,
    broken.names,
  );
}

function probesOf(run: DrillRun, refused: readonly RefusedConstraint[]): readonly Probe[] {
  return [
    rowsProbe,
    constraintsProbe(() => refused),
    sequencesProbe,
    ...(run.options.probes ?? []),
  ];
}

/** Runs the probes in one read-only transaction; a savepoint keeps one probe's error from the next. */
async function look(
  run: DrillRun,
  manifest: Manifest,
  source: ConnectionSource,
  refused: readonly RefusedConstraint[],
): Promise<void> {
  const { signal } = run.options;
  const { connection, connector } = await connect(source, { signal });
  try {
    const version = await checkServer(connection, connector, {
      purpose: "restore into",
      allowNewer: true,
    });
    await beginReading(connection, version);
    const context: ProbeContext = {
      connection,
      manifest,
      storedManifest: run.storedManifest ?? manifest,
      signal,
      setRecoveryPoint: (at) => (run.recoveryPoint = at),
    };
    for (const each of probesOf(run, refused)) {
      await connection.query("SAVEPOINT probe");
      await probe(run, each, () => each.run(context));
      await connection.query("ROLLBACK TO SAVEPOINT probe");
    }
  } finally {
    await connection.close();
  }
}

/** Errors that say nothing of the archive: the drill was stopped, or cannot read what it was given. */
const NO_VERDICT: ReadonlySet<string> = new Set(["ABORTED", "KEY_MISMATCH", "SIGNATURE"]);

/** Runs one probe and notes its result. What is thrown is a failure, unless it is no verdict. */
async function probe(
  { results, options }: DrillRun,
  { id, title }: Pick<Probe, "id" | "title">,
  run: () => Promise<Verdict>,
): Promise<ProbeResult> {
  const started = performance.now();
  let verdict: Verdict;
  try {
    verdict = await run();
  } catch (error) {
    if (!isNexushubDumpError(error) || NO_VERDICT.has(error.code)) throw error;
    verdict = failed(error.message, { hint: error.hint });
  }
  const result = { id, title, ...verdict, elapsedMs: Math.round(performance.now() - started) };
  results.push(result);
  options.onProbe?.(result);
  return result;
}

/** Everything that has not run, as not run. */
function skipFrom(run: DrillRun, why: string, withRestore: boolean): void {
  const left = [...(withRestore ? [RESTORE] : []), ...probesOf(run, [])];
  for (const { id, title } of left) {
    const result = { id, title, ...notRun(why), elapsedMs: 0 };
    run.results.push(result);
    run.options.onProbe?.(result);
  }
}
