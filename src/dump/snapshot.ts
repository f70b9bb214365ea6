/** The start of a dump: locks, then one snapshot, then the catalogs as they are in it. */
import { type Catalog, readCatalog } from "../catalog/read.ts";
import type { ServerVersion } from "../catalog/version.ts";
import { ServerError } from "../errors.ts";
import type { OnProgress } from "../events.ts";
import type { Connector } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { type Lockable, lockTables } from "../pg/locks.ts";
import { beginReading, exportSnapshot } from "../pg/session.ts";
import type { Plan } from "../plan/plan.ts";
import type { SelectOptions } from "../plan/select.ts";
import { tablesToLock } from "./lock-list.ts";
import { openWorkers } from "./workers.ts";

export interface SnapshotOptions {
  readonly select: SelectOptions;
  readonly lockTimeoutMs: number;
  /** Whether other connections may see the same. */
  readonly share: boolean;
  /** Whether rows are read as well, for which others are wanted however few tables there are. */
  readonly rows: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress | undefined;
}

export interface DumpSnapshot {
  readonly catalog: Catalog;
  readonly locked: ReadonlySet<number>;
  /** Undefined when it is not shared, or cannot be: then this one connection does everything. */
  readonly snapshot: string | undefined;
}

/** Tables from which on a second connection reads along: the catalogs then take the server about 0.4 seconds. */
export const SHARE_FROM_TABLES = 1000;
/** How often a table may vanish between being listed and being locked before that is an error. */
const ATTEMPTS = 3;
/** SQLSTATE of a table or schema that is not there. */
const GONE: ReadonlySet<string | undefined> = new Set(["42P01", "3F000"]);

/** Locks, fixes the snapshot, reads the catalogs. */
export async function takeSnapshot(
  connection: Connection,
  connector: Connector,
  version: ServerVersion,
  options: SnapshotOptions,
): Promise<DumpSnapshot> {
  let { share } = options;
  for (let attempt = 1; ; attempt++) {
    options.onProgress?.({ type: "phase", phase: "lock" });
    const tables = await tablesToLock(connection, options.select);
    await beginReading(connection, version);
    try {
      await lockTables(connection, tables, options.lockTimeoutMs, () => connector.connect());
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof ServerError) || !GONE.has(error.sqlState))
        throw error;
      await connection.query("ROLLBACK");
      continue;
    }
    let snapshot: string | undefined;
    const isLarge = tables.length >= SHARE_FROM_TABLES;
    if (share && (options.rows || isLarge)) {
      try {
        snapshot = await exportSnapshot(connection);
      } catch (error) {
        if (!(error instanceof ServerError)) throw error;
        share = false;
        await connection.query("ROLLBACK");
        continue;
      }
    }
    options.onProgress?.({ type: "phase", phase: "catalog" });
    const locked = new Set(tables.map(({ oid }) => oid));
    const readers = isLarge ? 2 : 1;
    const helpers: Connection[] = [];
    try {
      const keep = (one: Connection): void => void helpers.push(one);
      // That there is no other is not worth a word: one reads the same.
      await openWorkers({ connector, version, snapshot }, readers, options.signal, keep, () => {});
      const others = helpers.map(({ query }) => query);
      // Each worker of a parallel query would first have to learn what its leader knows of the catalogs.
      await Promise.all(
        [connection, ...helpers].map((one) =>
          one.query("SET LOCAL max_parallel_workers_per_gather = 0"),
        ),
      );
      const catalog = await readCatalog(connection.query, version, { others, rows: options.rows });
      await connection.query("SET LOCAL max_parallel_workers_per_gather TO DEFAULT");
      return { catalog, snapshot, locked };
    } finally {
      await Promise.all(helpers.map((one) => one.close()));
    }
  }
}

/** Locks what the plan copies and the list of names did not foresee: a table made between the list and the snapshot. */
export async function lockNewTables(
  connection: Connection,
  connector: Connector,
  plan: Plan,
  locked: ReadonlySet<number>,
  timeoutMs: number,
): Promise<void> {
  const newTables: Lockable[] = plan.relations.filter(({ oid }) => !locked.has(oid));
  await lockTables(connection, newTables, timeoutMs, () => connector.connect());
}
