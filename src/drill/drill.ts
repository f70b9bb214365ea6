/**
 * A drill verifies an archive or a plain dump, restores it into a throwaway database, and runs probes on the result. Everything that
 * is wrong with it is in the report; an error is thrown only when the drill itself cannot run.
 */
import { pathOf } from "../archive/storage/sink.ts";
import type { RereadableArchive } from "../archive/storage/source.ts";
import { isNexushubDumpError, type NexushubDumpError, ServerError } from "../errors.ts";
import { connect, type ConnectionSource, withConnection } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { checkServer } from "../pg/server.ts";
import { beginReading, restrictedKinds, setLocal } from "../pg/session.ts";
import { isPlain } from "../plain/inspect-plain.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";
import { ArchiveSubject } from "./archive-subject.ts";
import { type DrillRun, runProbe, skipProbes } from "./drill-run.ts";
import type { DrillOptions } from "./options.ts";
import { PlainSubject } from "./plain-subject.ts";
import { createPlainRole, type PlainRole } from "./plain-role.ts";
import { constraintsProbe, type RefusedConstraint } from "./probe-constraints.ts";
import { sequencesProbe } from "./probe-sequences.ts";
import type { Probe, ProbeContext } from "./probe.ts";
import type { DrillReport } from "./report.ts";
import type { DrillSubject, SubjectFacts } from "./subject.ts";
import { openThrowaway } from "./throwaway.ts";

const RESTORE = { id: "restore", title: "Restored in one transaction" };

/**
 * Runs a drill. The archive, or the plain dump of pg_dump, is read more than once, so it cannot be a stream.
 * @throws ConnectionError or ServerError only when no throwaway database can be created; RefusedError (KEY_MISMATCH) when
 *   the archive is encrypted for others; AbortedError when the signal fired. The throwaway is removed in any case.
 */
export async function drill(
  archive: RereadableArchive,
  options: DrillOptions = {},
): Promise<DrillReport> {
  requirePath(archive, "archive");
  const startedAt = new Date();
  const started = performance.now();
  const run: DrillRun = {
    subject: await subjectOf(archive, options),
    options,
    startedAt,
    results: [],
    facts: null,
    plainRole: false,
    target: null,
    restoreMs: null,
    recoveryPoint: null,
  };
  const facts = await verifyFirst(run);
  if (facts === null) {
    const reason = `the ${run.subject.name} is damaged`;
    skipProbes(run, [RESTORE, ...probesOf(run, null, [])], reason);
  } else await restoreAndProbe(run, facts);
  return {
    ok: run.results.every(({ status }) => status !== "failed"),
    startedAt: startedAt.toISOString(),
    elapsedMs: Math.round(performance.now() - started),
    archive: pathOf(archive),
    archiveBytes: run.facts?.bytes ?? null,
    archiveSha256: run.facts?.sha256 ?? null,
    host: null,
    contents: run.facts?.contents ?? null,
    target: run.target,
    plainRole: run.plainRole,
    restoreMs: run.restoreMs,
    recoveryPoint: run.recoveryPoint?.toISOString() ?? null,
    probes: run.results,
  };
}

/** What cannot be read is for the probe to report. */
async function subjectOf(archive: RereadableArchive, options: DrillOptions): Promise<DrillSubject> {
  const plain = await isPlain(archive).catch((error: unknown) => {
    if (!isNexushubDumpError(error)) throw error;
    return false;
  });
  return plain ? new PlainSubject(archive, options) : new ArchiveSubject(archive, options);
}

/** @returns null when the file is damaged. */
async function verifyFirst(run: DrillRun): Promise<SubjectFacts | null> {
  const { subject } = run;
  const { status } = await runProbe(run, { id: "archive", title: subject.verifiedTitle }, () =>
    subject.verify((facts) => (run.facts = facts)),
  );
  return status === "passed" ? run.facts : null;
}

async function restoreAndProbe(run: DrillRun, facts: SubjectFacts): Promise<void> {
  const { serverVersionNum } = facts.manifest.database;
  const { subject } = run;
  const throwaway = await openThrowaway({
    into: run.options.into?.toString(),
    major: serverVersionNum === null ? undefined : Math.trunc(serverVersionNum / 10000),
    signal: run.options.signal,
    onProgress: run.options.onProgress,
  });
  let plain: PlainRole | null = null;
  try {
    run.target = throwaway.label;
    if (run.options.asPlainRole === true) {
      const isOurServer = run.options.into === undefined;
      plain = await withConnection(throwaway.source, {}, (connection) =>
        createPlainRole(connection, throwaway.source, { isOurServer }),
      );
      run.plainRole = true;
    }
    const role = plain?.role;
    const refused: RefusedConstraint[] = [];
    const { status } = await runProbe(
      run,
      RESTORE,
      async () => {
        const restored = await subject.restore(facts, {
          source: throwaway.source,
          role,
          restoreOptions: throwaway.restoreOptions,
        });
        run.restoreMs = restored.elapsedMs;
        refused.push(...restored.refused);
        return restored.verdict;
      },
      (error) => (isOfServer(error) ? throwaway.elsewhere : undefined) ?? error.hint,
    );
    if (status === "passed") await runProbes(run, facts, throwaway.source, refused);
    else skipProbes(run, probesOf(run, null, []), `the ${subject.name} could not be restored`);
  } finally {
    try {
      await plain?.remove();
    } finally {
      await throwaway.remove();
    }
  }
}

/** SQLSTATEs feature_not_supported and undefined_file, which is a library (PostgreSQL docs, appendix A). */
const LACKING: ReadonlySet<string | undefined> = new Set(["0A000", "58P01"]);

/** Whether the server lacks what the archive needs. */
function isOfServer(error: NexushubDumpError): boolean {
  if (error instanceof ServerError) return LACKING.has(error.sqlState);
  return error.code === "UNSUPPORTED_SERVER";
}

function probesOf(
  run: DrillRun,
  connection: Connection | null,
  refused: readonly RefusedConstraint[],
): readonly Probe[] {
  return [
    run.subject.rowsProbe(connection),
    constraintsProbe(() => refused),
    sequencesProbe,
    ...(run.options.probes ?? []),
  ];
}

/** Runs the probes in one read-only transaction; savepoints keep the error of one probe from the next. */
async function runProbes(
  run: DrillRun,
  { manifest, storedManifest }: SubjectFacts,
  source: ConnectionSource,
  refused: readonly RefusedConstraint[],
): Promise<void> {
  const { signal } = run.options;
  const { connection, connector } = await connect(source, { signal });
  try {
    const version = await checkServer(connection, connector, {
      purpose: "restore into",
    });
    await beginReading(connection, version, {});
    // The database is a copy of our making, and a probe may select from its views.
    await connection.query(setLocal(restrictedKinds(version, false)));
    const context: ProbeContext = {
      connection,
      major: version.major,
      manifest,
      storedManifest,
      signal,
      startedAt: run.startedAt,
      setRecoveryPoint: (at) => (run.recoveryPoint = at),
    };
    for (const each of probesOf(run, connection, refused)) {
      await connection.query("SAVEPOINT probe");
      await runProbe(run, each, () => each.run(context));
      await connection.query("ROLLBACK TO SAVEPOINT probe");
    }
  } finally {
    await connection.close();
  }
}
