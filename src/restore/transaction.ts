/** A restore inside its transaction, whoever began that: read the target, decide, refuse or run. */
import type { ArchiveReader } from "../archive/reader.ts";
import type { ServerVersion } from "../catalog/version.ts";
import type { Warning } from "../warnings.ts";
import { pinnedSettings } from "./decide/session-settings.ts";
import type { Selection } from "./decide/selection.ts";
import type { RestoreSettings } from "./defaults.ts";
import type { RestoreResult } from "./options.ts";
import { planForTarget } from "./plan-for-target.ts";
import type { PendingAnalysis } from "./run/analyze-committed.ts";
import type { KeptTransaction } from "./run/kept-transaction.ts";
import { runPlan } from "./run/run-plan.ts";
import { type RunningObject, serverWarning } from "./run/server-warning.ts";

export interface RestoreTransaction {
  readonly reader: ArchiveReader;
  readonly transaction: KeptTransaction;
  readonly version: ServerVersion;
  readonly selection: Selection;
  readonly settings: RestoreSettings;
  /** Whether the tables can be analyzed once the transaction is committed. */
  readonly analyzesLater: boolean;
  readonly warn: (warning: Warning) => void;
}

/** What the transaction did, apart from how it ended. */
export type RestoreOutcome = Omit<
  RestoreResult,
  "target" | "lost" | "committed" | "elapsedMs" | "warnings"
>;

/** Does everything but begin and commit. */
export async function runRestoreTransaction(
  context: RestoreTransaction,
): Promise<{ readonly outcome: RestoreOutcome; readonly analysis: PendingAnalysis }> {
  const { reader, transaction, version, selection, settings, analyzesLater, warn } = context;
  const { connection } = transaction;
  const { manifest } = reader;
  const { signal, onProgress } = settings;
  const running: RunningObject = { object: null };
  connection.onWarning((message, isRaised) =>
    warn(serverWarning(message, isRaised, running, version.major)),
  );
  const decide = { manifest, version, selection, settings, warn };
  const { plan } = await planForTarget(connection, decide);
  const run = { transaction, reader, version, signal, onProgress, warn, running, analyzesLater };
  const { targets, role } = await runPlan(run, plan);
  const pinned = pinnedSettings(version, settings.lockTimeoutMs);
  const analysis = { targets, role, settings: [...pinned, ...plan.settings] };
  const outcome = {
    ...restored(selection),
    dropped: plan.dropped,
    createdRoles: plan.roles.created,
  };
  return { outcome, analysis };
}

/** What of an archive was restored, as results count it. */
export function restored({
  objects,
  relations,
  sequences,
  leftOut,
}: Selection): Omit<RestoreOutcome, "dropped" | "createdRoles"> {
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
    leftOut,
  };
}
