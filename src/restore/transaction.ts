/** What a restore does inside its transaction, whoever owns that: from the first look at the target to the last check. */
import type { Manifest } from "../archive/format/manifest.ts";
import type { ArchiveReader } from "../archive/reader.ts";
import type { ServerVersion } from "../catalog/version.ts";
import type { Connection } from "../pg/connection.ts";
import { setLocal } from "../pg/session.ts";
import { dataProgress } from "../util/progress.ts";
import { quoteIdent } from "../sql/ident.ts";
import { constructsBeyond, lostBy, wantsLz4 } from "./decide/server-features.ts";
import { loadRelations } from "./run/load-rows.ts";
import type { RestoreOptions, RestoreResult } from "./options.ts";
import {
  refuseMissingRoles,
  refuseNewerConstructs,
  refuseReadOnly,
  leftOutNote,
  versionNote,
} from "./decide/refusals.ts";
import { prepareChosen, prepareDataOnly, prepareEmpty, type Prepared } from "./decide/prepare.ts";
import type { Chosen } from "./decide/selection.ts";
import { ginMemory, restoreSettings, type Tuning, tuning, tuningSettings } from "./decide/session-settings.ts";
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

export interface RestoreWork {
  readonly reader: ArchiveReader;
  readonly connection: Connection;
  readonly version: ServerVersion;
  readonly chosen: Chosen;
  readonly options: RestoreOptions;
}

/** What the transaction did, apart from how it ended. */
export type RestoreOutcome = Omit<RestoreResult, "target" | "committed" | "elapsedMs">;

/** Does everything but begin and commit. */
export async function restoreInside(work: RestoreWork): Promise<RestoreOutcome> {
  const { reader, connection, version, chosen, options } = work;
  const { manifest } = reader;
  const { onProgress } = options;
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
    onProgress?.({ type: "warning", message });
  };
  connection.onWarning(warn);
  for (const message of chosen.warnings) warn(message);
  const older = versionNote(manifest.database.serverVersionNum, version.major);
  if (older !== undefined) warn(older);
  const note = older ?? leftOutNote(manifest.warnings);

  for (const lost of lostBy(chosen.objects, version.major)) warn(lost);
  const beyond = constructsBeyond(chosen.objects, {
    major: version.major,
    hasLz4: !wantsLz4(chosen.objects) || (await readLz4(connection)),
  });
  refuseNewerConstructs(beyond, version.major, connection.label);

  const facts = await readSession(connection);
  refuseReadOnly(facts, connection.label);
  const tuned = (options.tune ?? true) ? tuning(facts) : undefined;
  await enter(work, facts, tuned);
  const prepared = await prepare(work);
  const steps = restoreSteps(chosen, prepared.relations, {
    encoding: manifest.database.encoding,
    freeze: (relation) => facts.isReadCommitted && prepared.freeze(relation),
    ginMemory: tuned === undefined ? undefined : ginMemory(version),
  });
  const total = chosen.objects.reduce((sum, { statements }) => sum + statements.length, 0);
  const memory = tuned?.maintenanceWorkMem ?? "";
  const run = { onProgress, counter: { index: 0, total }, memory, role: options.role, note, warn };

  if (prepared.drops.length > 0) onProgress?.({ type: "phase", phase: "drop" });
  await runAll(connection, prepared.drops, "cannot drop what the target holds");
  if (steps.preData.length > 0) onProgress?.({ type: "phase", phase: "pre-data" });
  await runStatements(connection, steps.preData, run);
  await runAll(connection, prepared.before, "cannot make the tables ready");
  await load(work, steps);
  await runAll(connection, prepared.after, "the rows do not fit the target");
  if (steps.postData.length > 0) onProgress?.({ type: "phase", phase: "post-data" });
  await runStatements(connection, steps.postData, run);
  if (options.analyze ?? true) await analyze(work);

  return {
    objects: chosen.objects.length,
    relations: chosen.relations.map(({ namespace, name, rows, bytes }) => ({
      namespace,
      name,
      rows,
      bytes,
    })),
    rows: chosen.relations.reduce((sum, { rows }) => sum + rows, 0),
    bytes: chosen.relations.reduce((sum, { bytes }) => sum + bytes, 0),
    sequences: chosen.sequences.length,
    dropped: prepared.dropped,
    warnings,
  };
}

/** Pins the transaction's settings and takes on the role, once it is known that all roles are there. */
async function enter(
  { reader, connection, version, options }: RestoreWork,
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
  { reader, connection, chosen, options }: RestoreWork,
  steps: Steps,
): Promise<void> {
  const { onProgress, signal } = options;
  if (steps.data.length + steps.sequences.length === 0) return;
  onProgress?.({ type: "phase", phase: "data" });
  const bytes = chosen.relations.reduce((sum, relation) => sum + relation.bytes, 0);
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

function prepare({ connection, reader, version, chosen, options }: RestoreWork): Promise<Prepared> {
  const force = options.force ?? false;
  if (goesIntoExisting(reader.manifest, options)) {
    const disableTriggers = options.disableTriggers ?? false;
    return prepareDataOnly(connection, chosen, version.major, { force, disableTriggers });
  }
  if (!chosen.everything) return prepareChosen(connection, chosen, force);
  return prepareEmpty(connection, reader.manifest, chosen, force);
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
async function analyze({ connection, chosen, options }: RestoreWork): Promise<void> {
  const tables = chosen.relations.filter(({ kind, rows }) => kind === "table" && rows > 0);
  if (tables.length === 0) return;
  options.onProgress?.({ type: "phase", phase: "analyze" });
  const found = await findRelations(connection, tables);
  for (const name of await analyzeTargets(
    connection,
    found.map(({ oid }) => oid),
  )) {
    await connection.query(`ANALYZE ${name}`, {
      doing: `cannot analyse ${name}`,
      object: `table ${name}`,
    });
  }
}
