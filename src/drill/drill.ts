/**
 * A drill verifies an archive, restores it into a throwaway database, and runs probes on the result. Everything that is
 * wrong with the archive is in the report; an error is thrown only when the drill itself cannot run.
 */
import { archiveContents } from "../archive/contents.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import { openArchive } from "../archive/reader.ts";
import { pathOf } from "../archive/storage/sink.ts";
import type { RereadableArchive } from "../archive/storage/source.ts";
import { ServerError } from "../errors.ts";
import { connect, type ConnectionSource, withConnection } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { checkServer } from "../pg/server.ts";
import { beginReading, restrictedKinds, setLocal } from "../pg/session.ts";
import type { RestoreResult } from "../restore/options.ts";
import { restore } from "../restore/restore.ts";
import { formatDuration, plural } from "../util/format.ts";
import { verify } from "../verify/verify.ts";
import { addForeignKeys, isForeignKey } from "./deferred-foreign-keys.ts";
import { type DrillRun, runProbe, skipProbes } from "./drill-run.ts";
import type { DrillOptions } from "./options.ts";
import { constraintsProbe, type RefusedConstraint } from "./probe-constraints.ts";
import { rowsProbe } from "./probe-rows.ts";
import { sequencesProbe } from "./probe-sequences.ts";
import type { Probe, ProbeContext } from "./probe.ts";
import { type DrillReport, passed, type Verdict } from "./report.ts";
import { createPlainRole, type PlainRole } from "./plain-role.ts";
import { openThrowaway } from "./throwaway.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";

const ARCHIVE = { id: "archive", title: "Archive verified" };
const RESTORE = { id: "restore", title: "Restored in one transaction" };

/**
 * Runs a drill. The archive is read twice, so it cannot be a stream.
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
    archive,
    options,
    results: [],
    manifest: null,
    storedManifest: null,
    archiveBytes: null,
    archiveSha256: null,
    plainRole: false,
    target: null,
    restoreMs: null,
    recoveryPoint: null,
  };
  const manifest = await verifyArchiveFirst(run);
  if (manifest === null)
    skipProbes(run, [RESTORE, ...probesOf(run, null, [])], "the archive is damaged");
  else await restoreAndProbe(run, manifest);
  return {
    ok: run.results.every(({ status }) => status !== "failed"),
    startedAt: startedAt.toISOString(),
    elapsedMs: Math.round(performance.now() - started),
    archive: pathOf(archive),
    archiveBytes: run.archiveBytes,
    archiveSha256: run.archiveSha256,
    host: null,
    contents:
      run.manifest === null ? null : archiveContents(run.manifest, run.archiveBytes ?? undefined),
    target: run.target,
    plainRole: run.plainRole,
    restoreMs: run.restoreMs,
    recoveryPoint: run.recoveryPoint?.toISOString() ?? null,
    probes: run.results,
  };
}

/** @returns the manifest; null when the archive is damaged. */
async function verifyArchiveFirst(run: DrillRun): Promise<Manifest | null> {
  const { archive, options } = run;
  const { status } = await runProbe(run, ARCHIVE, async () => {
    const reader = await openArchive(archive, options);
    run.manifest = reader.manifest;
    run.storedManifest = reader.storedManifest;
    run.archiveBytes = reader.size;
    run.archiveSha256 = reader.sha256;
    await reader.close();
    const verified = await verify(archive, options);
    return passed(`all ${plural(verified.entries, "entry", "entries")} are intact`);
  });
  return status === "passed" ? run.manifest : null;
}

async function restoreAndProbe(run: DrillRun, manifest: Manifest): Promise<void> {
  const { serverVersionNum } = manifest.database;
  const throwaway = await openThrowaway({
    into: run.options.into,
    major: serverVersionNum === null ? undefined : Math.trunc(serverVersionNum / 10000),
    signal: run.options.signal,
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
    const { status } = await runProbe(run, RESTORE, () =>
      restoreInto(run, manifest, { source: throwaway.source, role }, refused),
    );
    if (status === "passed") await runProbes(run, manifest, throwaway.source, refused);
    else skipProbes(run, probesOf(run, null, []), "the archive could not be restored");
  } finally {
    try {
      await plain?.remove();
    } finally {
      await throwaway.remove();
    }
  }
}

/** SQLSTATE foreign_key_violation (PostgreSQL docs, appendix A). */
const FOREIGN_KEY_VIOLATION = "23503";

/** Restores; without foreign keys when these do not hold, so that the other probes still have a database to look at. */
async function restoreInto(
  run: DrillRun,
  manifest: Manifest,
  { source, role }: { readonly source: ConnectionSource; readonly role: string | undefined },
  refused: RefusedConstraint[],
): Promise<Verdict> {
  const { archive, options } = run;
  const { signal, onProgress } = options;
  try {
    const result = await restore(archive, source, { trusted: true, role, signal, onProgress });
    run.restoreMs = result.elapsedMs;
    return passed(restoredIn(result));
  } catch (error) {
    if (!(error instanceof ServerError) || error.sqlState !== FOREIGN_KEY_VIOLATION) throw error;
  }
  const result = await restore(archive, source, {
    trusted: true,
    role,
    signal,
    onProgress,
    leaveOut: isForeignKey,
  });
  run.restoreMs = result.elapsedMs;
  const broken = await addForeignKeys(source, manifest, signal);
  refused.push(...broken.refused);
  const leftOut = plural(broken.names.length, "foreign key");
  return passed(
    `${restoredIn(result)}, without ${leftOut} that the rows do not satisfy`,
    broken.names,
  );
}

function restoredIn({ rows, objects, elapsedMs }: RestoreResult): string {
  return `${plural(rows, "row")} and ${plural(objects, "object")} in ${formatDuration(elapsedMs)}`;
}

function probesOf(
  run: DrillRun,
  connection: Connection | null,
  refused: readonly RefusedConstraint[],
): readonly Probe[] {
  return [
    rowsProbe(connection, () => openArchive(run.archive, run.options)),
    constraintsProbe(() => refused),
    sequencesProbe,
    ...(run.options.probes ?? []),
  ];
}

/** Runs the probes in one read-only transaction; savepoints keep the error of one probe from the next. */
async function runProbes(
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
    });
    await beginReading(connection, version, {});
    // The database is a copy of our making, and a probe may select from its views.
    await connection.query(setLocal(restrictedKinds(version, false)));
    const context: ProbeContext = {
      connection,
      major: version.major,
      manifest,
      storedManifest: run.storedManifest ?? manifest,
      signal,
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
