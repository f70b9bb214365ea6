/** Reads a target and decides what a restore does with it, for every kind of restore. */
import type { Manifest } from "../archive/format/manifest.ts";
import type { ServerVersion } from "../catalog/version.ts";
import type { Connection } from "../pg/connection.ts";
import { setLocal } from "../pg/session.ts";
import type { Warning } from "../warnings.ts";
import { planRestore, type RestoreDecision, type RestorePlan } from "./decide/plan.ts";
import { refusalsError } from "./decide/refusal.ts";
import { replacement } from "./decide/replacement.ts";
import { neededFacts } from "./decide/scope.ts";
import type { Selection } from "./decide/selection.ts";
import { pinnedSettings } from "./decide/session-settings.ts";
import type { RestoreSettings } from "./defaults.ts";
import type { TargetFacts } from "./target/facts.ts";
import { readDependents } from "./target/queries.ts";
import { readTarget } from "./target/read-target.ts";

export interface PlanForTarget {
  readonly manifest: Manifest;
  readonly version: ServerVersion;
  readonly selection: Selection;
  readonly settings: RestoreSettings;
  readonly warn: (warning: Warning) => void;
  /** False to decide as for an empty database, whatever this one holds. Default: true. */
  readonly contents?: boolean;
}

/**
 * @param connection in the transaction of the restore, or in one that is rolled back; it keeps the settings that fix the meaning of
 * the archive's text.
 * @throws RefusedError or UnsupportedServerError when the restore cannot be; the warnings were given before.
 */
export async function planForTarget(
  connection: Connection,
  { warn, ...options }: PlanForTarget,
): Promise<{ readonly plan: RestorePlan; readonly target: TargetFacts }> {
  const { manifest, selection, settings } = options;
  const target = await readForPlan(connection, options);
  const plan = requirePlan(planRestore(manifest, selection, target, settings), target, warn);
  return { plan, target };
}

/** Reads what decides about a restore. The connection as above. */
export async function readForPlan(
  connection: Connection,
  { manifest, version, selection, settings, contents = true }: Omit<PlanForTarget, "warn">,
): Promise<TargetFacts> {
  // Before the target is read: the search path decides how the server writes names.
  await connection.query(setLocal(pinnedSettings(version, settings.lockTimeoutMs)));
  const needed = neededFacts(manifest, selection, settings);
  const read = await readTarget(connection, version, {
    ...needed,
    contents: contents && needed.contents,
  });
  return settings.force
    ? { ...read, dependents: await dependents(connection, manifest, selection, read) }
    : read;
}

/** Gives the warnings of a decision. @throws RefusedError or UnsupportedServerError when it is a refusal. */
export function requirePlan(
  decision: RestoreDecision,
  target: TargetFacts,
  warn: (warning: Warning) => void,
): RestorePlan {
  for (const each of decision.warnings) warn(each);
  if (decision.refusal !== null) throw refusalsError(decision.refusals, target);
  return decision.plan;
}

/** What depends on the objects that the restore replaces can be looked for only once these are known. */
function dependents(
  connection: Connection,
  manifest: Manifest,
  selection: Selection,
  { contents }: TargetFacts,
): ReturnType<typeof readDependents> {
  return readDependents(connection, replacement(manifest, selection, contents).replaced);
}
