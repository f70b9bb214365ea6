/** Connects, checks the server, locks the tables, and reads the catalogs: what needs no code of the plan or the archive. */
import type { UserObjects } from "../catalog/coverage/user-objects.ts";
import type { Catalog } from "../catalog/read.ts";
import { untestedServer } from "../catalog/version.ts";
import { connect, type ConnectionSource } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { checkServer } from "../pg/server.ts";
import type { Warning } from "../warnings.ts";
import type { DumpSettings } from "./defaults.ts";
import { refuseUnreadable } from "./preflight.ts";
import { takeSnapshot } from "./snapshot.ts";
import type { SharedSnapshot } from "./workers.ts";

/** A database as one snapshot shows it. */
export interface OpenedSource extends SharedSnapshot {
  /** Holds the snapshot and the locks. */
  readonly connection: Connection;
  readonly catalog: Catalog;
  /** Every object of the database's users; undefined when none can be lost. */
  readonly userObjects: Promise<readonly UserObjects[] | undefined>;
  /** Oids of the tables that were locked before the snapshot was taken. */
  readonly locked: ReadonlySet<number>;
  readonly warnings: readonly Warning[];
}

export interface OpenSourceOptions {
  readonly signal: AbortSignal;
  /** Receives the connection as soon as it is open; the caller closes it. */
  readonly onConnection: (connection: Connection) => void;
  /** Called when the server is busy with the catalogs, and nothing else is left to do. */
  readonly onReading: () => void;
}

export async function openSource(
  source: ConnectionSource,
  settings: DumpSettings,
  { signal, onConnection, onReading }: OpenSourceOptions,
): Promise<OpenedSource> {
  const { onProgress, lockTimeoutMs } = settings;
  onProgress?.({ type: "phase", phase: "connect" });
  const { connection, connector } = await connect(source, { signal });
  onConnection(connection);
  const version = await checkServer(connection, connector, { purpose: "dump" });
  const untested = untestedServer(version, "dump");
  const reader = { role: settings.role, enableRowSecurity: settings.enableRowSecurity };
  const session = { connection, connector, version, reader };
  const isSuperuser = await refuseUnreadable(connection, session, settings);
  const snapshot = await takeSnapshot(session, {
    isSuperuser,
    select: settings,
    lockTimeoutMs,
    share: settings.jobs !== 1,
    snapshot: settings.snapshot,
    rows: !settings.schemaOnly,
    listObjects: mayLoseObjects(settings),
    signal,
    onProgress,
    onReading,
  });
  return { ...session, ...snapshot, warnings: untested === undefined ? [] : [untested] };
}

/** A dump of rows alone holds no objects, and one of selected tables leaves out everything else, as in pg_dump. */
function mayLoseObjects({ dataOnly, tables = [], tablesAndChildren = [] }: DumpSettings): boolean {
  return !dataOnly && tables.length + tablesAndChildren.length === 0;
}
