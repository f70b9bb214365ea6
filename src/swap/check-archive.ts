/** Looks, before anything is created, whether the server has what the archive needs of it. */
import type { Manifest } from "../archive/format/manifest.ts";
import type { ServerVersion } from "../catalog/version.ts";
import type { Connection } from "../pg/connection.ts";
import { setLocal } from "../pg/session.ts";
import { planRestore } from "../restore/decide/plan.ts";
import { refusalsError } from "../restore/decide/refusal.ts";
import { neededFacts } from "../restore/decide/scope.ts";
import type { Selection } from "../restore/decide/selection.ts";
import { pinnedSettings } from "../restore/decide/session-settings.ts";
import type { RestoreSettings } from "../restore/defaults.ts";
import { readTarget } from "../restore/target/read-target.ts";

export interface CheckArchive {
  readonly manifest: Manifest;
  readonly selection: Selection;
  readonly settings: RestoreSettings;
  readonly version: ServerVersion;
}

/** @throws what a restore into an empty database of the server would refuse with. */
export async function checkArchive(
  connection: Connection,
  { manifest, selection, settings, version }: CheckArchive,
): Promise<void> {
  await connection.query("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", {
    action: `write to ${connection.label}`,
    hint: "a standby takes no restore: connect to the primary server",
  });
  await connection.query(setLocal(pinnedSettings(version, settings.lockTimeoutMs)));
  // What the live database holds does not matter: the new one will be empty.
  const needed = { ...neededFacts(manifest, selection, settings), contents: false };
  const target = await readTarget(connection, version, needed);
  await connection.query("ROLLBACK");
  const decision = planRestore(manifest, selection, target, settings);
  if (decision.refusal !== null) throw refusalsError(decision.refusals, target);
}
