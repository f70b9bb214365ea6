/** Connects, checks the server, locks the tables, reads the catalogs, and plans the dump. */
import { userObjects } from "../catalog/coverage/uncovered.ts";
import type { ManifestRole } from "../archive/format/manifest.ts";
import type { Catalog } from "../catalog/read.ts";
import { connect, type ConnectionSource } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { checkServer, untestedServer } from "../pg/server.ts";
import { type Plan, planDump } from "../plan/plan.ts";
import type { Warning } from "../warnings.ts";
import type { DumpSettings } from "./defaults.ts";
import { readRoleDefinitions } from "./role-definitions.ts";
import { hiddenRows, refuseUnreadable } from "./preflight.ts";
import { wantsStatistics } from "./statistics.ts";
import { lockNewTables, takeSnapshot } from "./snapshot.ts";
import { refuseUnsupported } from "./unsupported.ts";
import type { SharedSnapshot } from "./workers.ts";

export interface PreparedDump extends SharedSnapshot {
  /** Holds the snapshot and the locks. */
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly plan: Plan;
  /** Undefined when roles were not asked for. */
  readonly roleDefinitions: ManifestRole[] | undefined;
  readonly warnings: readonly Warning[];
  /** Oids of the tables that were locked before the snapshot was taken. */
  readonly locked: ReadonlySet<number>;
}

export interface PrepareOptions {
  readonly signal: AbortSignal;
  /** Receives the connection as soon as it is open; the caller closes it. */
  readonly onConnection: (connection: Connection) => void;
}

export async function prepareDump(
  source: ConnectionSource,
  settings: DumpSettings,
  { signal, onConnection }: PrepareOptions,
): Promise<PreparedDump> {
  const { onProgress, lockTimeoutMs } = settings;
  onProgress?.({ type: "phase", phase: "connect" });
  const { connection, connector } = await connect(source, { signal });
  onConnection(connection);
  const version = await checkServer(connection, connector, { purpose: "dump" });
  const untested = untestedServer(version);
  const reader = { role: settings.role, enableRowSecurity: settings.enableRowSecurity };
  const session = { connection, connector, version, reader };
  await refuseUnreadable(connection, session, settings);
  const { catalog, snapshot, locked } = await takeSnapshot(session, {
    select: settings,
    lockTimeoutMs,
    share: settings.jobs !== 1,
    snapshot: settings.snapshot,
    rows: !settings.schemaOnly,
    signal,
    onProgress,
  });
  const { dataOnly, tables = [], tablesAndChildren = [] } = settings;
  // A dump of rows alone holds no objects, and one of selected tables leaves out everything else, as in pg_dump.
  const mayLoseObjects = !dataOnly && tables.length + tablesAndChildren.length === 0;
  // The server lists the objects while the plan is made.
  const listing = mayLoseObjects ? userObjects(connection.query, catalog) : undefined;
  listing?.catch(() => {});
  const plan = planDump(catalog, { ...settings, statistics: wantsStatistics(settings, version) });
  const userObjectList = await listing;
  const skipped =
    userObjectList === undefined
      ? []
      : await refuseUnsupported(
          connection,
          { catalog, plan, userObjects: userObjectList },
          settings,
        );
  await lockNewTables(session, plan, locked, lockTimeoutMs);
  const hidden =
    settings.enableRowSecurity === true ? await hiddenRows(connection, plan.relations) : [];
  const roleDefinitions = await readRoleDefinitions(connection, version, plan.roles, settings);
  return {
    ...session,
    snapshot,
    catalog,
    plan,
    roleDefinitions,
    locked,
    warnings: [
      ...(untested === undefined ? [] : [untested]),
      ...plan.warnings,
      ...skipped,
      ...hidden,
    ],
  };
}
