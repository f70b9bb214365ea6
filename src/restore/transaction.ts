/** A restore inside its transaction, whoever began that: read the target, decide, refuse or run. */
import type { ArchiveReader } from "../archive/reader.ts";
import type { ServerVersion } from "../catalog/version.ts";
import { setLocal } from "../pg/session.ts";
import type { Warning } from "../warnings.ts";
import { planRestore } from "./decide/plan.ts";
import { replacement } from "./decide/replacement.ts";
import { refusalsError } from "./decide/refusal.ts";
import { neededFacts } from "./decide/scope.ts";
import type { Selection } from "./decide/selection.ts";
import { pinnedSettings } from "./decide/session-settings.ts";
import type { RestoreSettings } from "./defaults.ts";
import type { RestoreResult } from "./options.ts";
import type { KeptTransaction } from "./run/kept-transaction.ts";
import { runPlan } from "./run/run-plan.ts";
import { type RunningObject, serverWarning } from "./run/server-warning.ts";
import type { TargetFacts } from "./target/facts.ts";
import { readDependents } from "./target/queries.ts";
import { readTarget } from "./target/read-target.ts";

export interface RestoreTransaction {
  readonly reader: ArchiveReader;
  readonly transaction: KeptTransaction;
  readonly version: ServerVersion;
  readonly selection: Selection;
  readonly settings: RestoreSettings;
}

/** What the transaction did, apart from how it ended. */
export type RestoreOutcome = Omit<RestoreResult, "target" | "committed" | "elapsedMs">;

/** Does everything but begin and commit. */
export async function runRestoreTransaction(context: RestoreTransaction): Promise<RestoreOutcome> {
  const { reader, transaction, version, selection, settings } = context;
  const { connection } = transaction;
  const { manifest } = reader;
  const { signal, onProgress } = settings;
  const warnings: Warning[] = [];
  const warn = (warning: Warning): void => {
    warnings.push(warning);
    onProgress?.({ type: "warning", ...warning });
  };
  const running: RunningObject = { object: null };
  connection.onWarning((message, isRaised) => warn(serverWarning(message, isRaised, running)));
  // Before the target is read: the search path decides how the server writes names.
  await connection.query(setLocal(pinnedSettings(version, settings.lockTimeoutMs)));

  const target = await readAll(context);
  const decision = planRestore(manifest, selection, target, settings);
  for (const each of decision.warnings) warn(each);
  if (decision.refusal !== null) throw refusalsError(decision.refusals, target);
  await runPlan({ transaction, reader, version, signal, onProgress, warn, running }, decision.plan);

  return {
    ...restored(selection),
    dropped: decision.plan.dropped,
    warnings,
  };
}

/** What depends on the objects that the restore replaces can be looked for only once these are known. */
async function readAll({
  reader: { manifest },
  transaction: { connection },
  version,
  selection,
  settings,
}: RestoreTransaction): Promise<TargetFacts> {
  const target = await readTarget(connection, version, neededFacts(manifest, selection, settings));
  if (!settings.force) return target;
  const { replaced } = replacement(manifest, selection, target.contents);
  return { ...target, dependents: await readDependents(connection, replaced) };
}

/** What of an archive was restored, as results count it. */
export function restored({
  objects,
  relations,
  sequences,
  leftOut,
}: Selection): Omit<RestoreOutcome, "dropped" | "warnings"> {
  return {
    objects: objects.length,
    relations: relations.map(({ namespace, name, rows, bytes }) => ({
      namespace,
      name,
      rows,
      bytes,
    })),
    rows: relations.reduce((sum, { rows }) => sum + rows, 0),
    bytes: relations.reduce((sum, { bytes }) => sum + bytes, 0),
    sequences: sequences.length,
    lost: [],
    leftOut,
  };
}
