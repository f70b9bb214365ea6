/** From a source to a plan: connects, looks what the server is, locks, reads the catalogs, plans, refuses. */
import type { Warning } from "../warnings.ts";
import type { Catalog } from "../catalog/read.ts";
import { userObjects } from "../catalog/coverage/uncovered.ts";
import type { ServerVersion } from "../catalog/version.ts";
import { connect, type ConnectionSource, type Connector } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { checkServer } from "../pg/server.ts";
import { type Plan, planDump } from "../plan/plan.ts";
import { takeSnapshot, lockNewTables } from "./snapshot.ts";
import type { DumpSettings } from "./defaults.ts";
import { refuseUnsupported } from "./unsupported.ts";

export interface PreparedDump {
  /** Holds the snapshot and the locks. */
  readonly connection: Connection;
  readonly connector: Connector;
  readonly version: ServerVersion;
  readonly catalog: Catalog;
  readonly plan: Plan;
  /** By which others can see the same; undefined when only this connection can. */
  readonly snapshot: string | undefined;
  readonly warnings: readonly Warning[];
}

/** @param keep is given the connection as soon as it is open, to close it whatever happens. */
export async function prepareDump(
  source: ConnectionSource,
  settings: DumpSettings,
  signal: AbortSignal,
  keep: (connection: Connection) => void,
): Promise<PreparedDump> {
  const { onProgress, lockTimeoutMs } = settings;
  onProgress?.({ type: "phase", phase: "connect" });
  const { connection, connector } = await connect(source, { signal });
  keep(connection);
  const version = await checkServer(connection, connector, {
    purpose: "dump",
    allowNewer: settings.allowNewerServer,
  });
  const { catalog, snapshot, locked } = await takeSnapshot(connection, connector, version, {
    select: settings,
    lockTimeoutMs,
    share: settings.jobs !== 1,
    rows: !settings.schemaOnly,
    signal,
    onProgress,
  });
  const { dataOnly, tables = [], skipUnsupported } = settings;
  // Rows alone lose no object, none is carried; and chosen tables bring nothing but what is theirs, as in pg_dump: all
  // else is left out on purpose.
  const mayLose = !dataOnly && tables.length === 0;
  // The server makes the list while we plan.
  const listing = mayLose ? userObjects(connection.query, catalog) : undefined;
  listing?.catch(() => {});
  const plan = planDump(catalog, settings);
  const listed = await listing;
  const skipped =
    listed === undefined
      ? []
      : await refuseUnsupported(connection, catalog, plan, listed, settings, skipUnsupported);
  await lockNewTables(connection, connector, plan, locked, lockTimeoutMs);
  const warnings = [...plan.warnings, ...skipped];
  return { connection, connector, version, catalog, plan, snapshot, warnings };
}
