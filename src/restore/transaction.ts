/** A restore inside its transaction, whoever began that: read the target, decide, refuse or run. */
import type { ArchiveReader } from "../archive/reader.ts";
import type { ServerVersion } from "../catalog/version.ts";
import type { Warning } from "../warnings.ts";
import type { Selection } from "./decide/selection.ts";
import type { RestoreSettings } from "./defaults.ts";
import type { RestoreResult } from "./options.ts";
import { planForTarget } from "./plan-for-target.ts";
import type { KeptTransaction } from "./run/kept-transaction.ts";
import { runPlan } from "./run/run-plan.ts";
import { type RunningObject, serverWarning } from "./run/server-warning.ts";

export interface RestoreTransaction {
  readonly reader: ArchiveReader;
  readonly transaction: KeptTransaction;
  readonly version: ServerVersion;
  readonly selection: Selection;
  readonly settings: RestoreSettings;
}

/** What the transaction did, apart from how it ended. */
export type RestoreOutcome = Omit<RestoreResult, "target" | "lost" | "committed" | "elapsedMs">;

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
  connection.onWarning((message, isRaised) =>
    warn(serverWarning(message, isRaised, running, version.major)),
  );
  const decide = { manifest, version, selection, settings, warn };
  const { plan } = await planForTarget(connection, decide);
  await runPlan({ transaction, reader, version, signal, onProgress, warn, running }, plan);

  return {
    ...restored(selection),
    dropped: plan.dropped,
    createdRoles: plan.roles.created,
    warnings,
  };
}

/** What of an archive was restored, as results count it. */
export function restored({
  objects,
  relations,
  sequences,
  leftOut,
}: Selection): Omit<RestoreOutcome, "dropped" | "createdRoles" | "warnings"> {
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
