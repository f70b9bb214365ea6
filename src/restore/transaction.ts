/** What a restore does inside its transaction, whoever owns that: from the first look at the target to the last check. */
import { type Warning, warning } from "../warnings.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import type { ArchiveReader } from "../archive/reader.ts";
import type { ServerVersion } from "../catalog/version.ts";
import type { Connection } from "../pg/connection.ts";
import { setLocal } from "../pg/session.ts";
import { dataProgress } from "../util/progress.ts";
import { quoteIdent } from "../sql/ident.ts";
import { missingFeatures, lostBy, wantsLz4 } from "./decide/server-features.ts";
import { loadRelations } from "./run/load-rows.ts";
import type { RestoreOptions, RestoreResult } from "./options.ts";
import {
  refuseMissingRoles,
  refuseMissingFeatures,
  refuseReadOnly,
  leftOutNote,
  versionNote,
} from "./decide/refusals.ts";
import { prepareSelected, prepareDataOnly, prepareEmpty, type Prepared } from "./decide/prepare.ts";
import type { Selection } from "./decide/selection.ts";
import {
  ginMemory,
  restoreSettings,
  type Tuning,
  tuning,
  tuningSettings,
} from "./decide/session-settings.ts";
import { runStatements } from "./run/statements.ts";
import { restoreSteps, type Steps } from "./decide/steps.ts";
import {
  analyzeTargets,
  findRelations,
  missingRoles,
  readLz4,
  readSession,
  type SessionFacts,
} from "./target/read.ts";

const LOCK_TIMEOUT_MS = 60_000;

export interface RestoreTransaction {
  readonly reader: ArchiveReader;
  readonly connection: Connection;
  readonly version: ServerVersion;
  readonly selection: Selection;
  readonly options: RestoreOptions;
}

/** What the transaction did, apart from how it ended. */
export type RestoreOutcome = Omit<RestoreResult, "target" | "committed" | "elapsedMs">;

/** Does everything but begin and commit. */
export async function runRestoreTransaction(
  transaction: RestoreTransaction,
): Promise<RestoreOutcome> {
  const { reader, connection, version, selection, options } = transaction;
  const { manifest } = reader;
  const { onProgress } = options;
  const warnings: Warning[] = [];
  const warn = (warning: Warning): void => {
    warnings.push(warning);
    onProgress?.({ type: "warning", ...warning });
  };
  connection.onWarning((message) => warn(warning("server-warning", null, message)));
  for (const each of selection.warnings) warn(each);
  const older = versionNote(manifest.database.serverVersionNum, version.major);
  if (older !== undefined) warn(warning("older-server", null, older));
  const note = older ?? leftOutNote(manifest.warnings);

  for (const lost of lostBy(selection.objects, version.major))
    warn(warning("feature-lost", null, lost));
  const beyond = missingFeatures(selection.objects, {
    major: version.major,
    hasLz4: !wantsLz4(selection.objects) || (await readLz4(connection)),
  });
  refuseMissingFeatures(beyond, version.major, connection.label);

  const facts = await readSession(connection);
  refuseReadOnly(facts, connection.label);
  const tuned = (options.tune ?? true) ? tuning(facts) : undefined;
  await beginTransaction(transaction, facts, tuned);
  const prepared = await prepare(transaction);
  const steps = restoreSteps(selection, prepared.relations, {
    encoding: manifest.database.encoding,
    freeze: (relation) => facts.isReadCommitted && prepared.freeze(relation),
    ginMemory: tuned === undefined ? undefined : ginMemory(version),
  });
  const total = selection.objects.reduce((sum, { statements }) => sum + statements.length, 0);
  const memory = tuned?.maintenanceWorkMem ?? "";
  const run = { onProgress, counter: { index: 0, total }, memory, role: options.role, note, warn };

  if (prepared.drops.length > 0) onProgress?.({ type: "phase", phase: "drop" });
  await runAll(connection, prepared.drops, "cannot drop what the target holds");
  if (steps.preData.length > 0) onProgress?.({ type: "phase", phase: "pre-data" });
  await runStatements(connection, steps.preData, run);
  await runAll(connection, prepared.before, "cannot make the tables ready");
  await load(transaction, steps);
  await runAll(connection, prepared.after, "the rows do not fit the target");
  if (steps.postData.length > 0) onProgress?.({ type: "phase", phase: "post-data" });
  await runStatements(connection, steps.postData, run);
  if (options.analyze ?? true) await analyze(transaction);

  return {
    objects: selection.objects.length,
    relations: selection.relations.map(({ namespace, name, rows, bytes }) => ({
      namespace,
      name,
      rows,
      bytes,
    })),
    rows: selection.relations.reduce((sum, { rows }) => sum + rows, 0),
    bytes: selection.relations.reduce((sum, { bytes }) => sum + bytes, 0),
    sequences: selection.sequences.length,
    dropped: prepared.dropped,
    warnings,
  };
}

/** Pins the transaction's settings and takes on the role, once it is known that all roles are there. */
async function beginTransaction(
  { reader, connection, version, options }: RestoreTransaction,
  facts: SessionFacts,
  tuned: Tuning | undefined,
): Promise<void> {
  const { manifest } = reader;
  const { role } = options;
  await connection.query(
    setLocal([
      ...restoreSettings(version, options.lockTimeoutMs ?? LOCK_TIMEOUT_MS),
      ...(tuned === undefined ? [] : tuningSettings(tuned)),
    ]),
  );
  await silenceEventTriggers(connection, version, facts, options);
  // Without the recorded owners and privileges fewer roles are named, and the archive does not say which.
  const leftOut =
    (manifest.options.owner && options.owner !== true) ||
    (manifest.options.privileges && options.privileges !== true);
  if (!leftOut && options.dataOnly !== true) {
    refuseMissingRoles(await missingRoles(connection, manifest.roles));
  }
  if (role !== undefined) {
    await connection.query(`SET LOCAL ROLE ${quoteIdent(role)}`, { object: `role ${role}` });
  }
}

/** Rows, and the positions of sequences. */
async function load(
  { reader, connection, selection, options }: RestoreTransaction,
  steps: Steps,
): Promise<void> {
  const { onProgress, signal } = options;
  if (steps.data.length + steps.sequences.length === 0) return;
  onProgress?.({ type: "phase", phase: "data" });
  const bytes = selection.relations.reduce((sum, relation) => sum + relation.bytes, 0);
  const progress = dataProgress(onProgress, bytes);
  await loadRelations(connection, reader, steps.data, {
    progress,
    signal,
    createLargeObjects: options.dataOnly === true,
  });
  progress.finish();
  await runAll(connection, steps.sequences, "cannot set the positions of sequences");
}

/** Statements of our own making, which hold no rows. */
async function runAll(
  connection: Connection,
  statements: readonly string[],
  doing: string,
): Promise<void> {
  for (const statement of statements) await connection.query(statement, { doing, statement });
}

function prepare({
  connection,
  reader,
  version,
  selection,
  options,
}: RestoreTransaction): Promise<Prepared> {
  const force = options.force ?? false;
  if (goesIntoExisting(reader.manifest, options)) {
    const disableTriggers = options.disableTriggers ?? false;
    return prepareDataOnly(connection, selection, version.major, { force, disableTriggers });
  }
  if (!selection.everything) return prepareSelected(connection, selection, force);
  return prepareEmpty(connection, reader.manifest, selection, force);
}

/** Whether no relation is made: by the restore's options, or because the archive holds none. */
function goesIntoExisting({ objects, options: made }: Manifest, options: RestoreOptions): boolean {
  const makesNone = objects.length > 0 && !objects.some(({ section }) => section === "pre-data");
  return (
    options.dataOnly === true ||
    options.sections?.includes("pre-data") === false ||
    made.dataOnly ||
    makesNone
  );
}

/** Event triggers of the target, and the archive's own once they are made, must not act on the restore's statements. */
async function silenceEventTriggers(
  connection: Connection,
  { major }: ServerVersion,
  { isSuperuser }: SessionFacts,
  { dataOnly }: RestoreOptions,
): Promise<void> {
  // Others may not, and with rows alone the tables' own triggers are to fire.
  if (!isSuperuser || dataOnly === true) return;
  await connection.query(
    major >= 17 ? "SET LOCAL event_triggers = off" : "SET LOCAL session_replication_role = replica",
  );
}

/** Statistics for the planner, so that the first query after the restore has a good plan. */
async function analyze({ connection, selection, options }: RestoreTransaction): Promise<void> {
  const tables = selection.relations.filter(({ kind, rows }) => kind === "table" && rows > 0);
  if (tables.length === 0) return;
  options.onProgress?.({ type: "phase", phase: "analyze" });
  const found = await findRelations(connection, tables);
  for (const name of await analyzeTargets(
    connection,
    found.map(({ oid }) => oid),
  )) {
    await connection.query(`ANALYZE ${name}`, {
      doing: `cannot analyze ${name}`,
      object: `table ${name}`,
    });
  }
}
