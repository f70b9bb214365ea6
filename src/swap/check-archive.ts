/** Looks, before anything is created, whether the server has what the archive needs of it. */
import type { Manifest } from "../archive/format/manifest.ts";
import type { ServerVersion } from "../catalog/version.ts";
import type { Connection } from "../pg/connection.ts";
import type { Selection } from "../restore/decide/selection.ts";
import type { RestoreSettings } from "../restore/defaults.ts";
import { planForTarget } from "../restore/plan-for-target.ts";

export interface CheckArchive {
  readonly manifest: Manifest;
  readonly selection: Selection;
  readonly settings: RestoreSettings;
  readonly version: ServerVersion;
}

/** @throws what a restore into an empty database of the server would refuse with. */
export async function checkArchive(connection: Connection, archive: CheckArchive): Promise<void> {
  await connection.query("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", {
    action: `write to ${connection.label}`,
    hint: "a standby takes no restore: connect to the primary server",
  });
  // What the live database holds does not matter: the new one will be empty. It gives the warnings when it is filled.
  await planForTarget(connection, { ...archive, contents: false, warn: () => undefined });
  await connection.query("ROLLBACK");
}
