/** The start of a dump: locks, then one snapshot, then the catalogs as that snapshot shows them. */
import { undeparsable } from "../catalog/coverage/undeparsable.ts";
import { userObjects, type UserObjects } from "../catalog/coverage/user-objects.ts";
import { type Catalog, readCatalog } from "../catalog/read.ts";
import { ServerError } from "../errors.ts";
import type { OnProgress } from "../events.ts";
import type { Connection } from "../pg/connection.ts";
import { type Lockable, lockTables } from "../pg/locks.ts";
import { replacedRelation } from "../pg/relation-names.ts";
import { beginReading, exportSnapshot, importSnapshot } from "../pg/session.ts";
import type { Plan } from "../plan/plan.ts";
import type { SelectOptions } from "../plan/select-options.ts";
import { unsupportedObjects } from "../plan/unsupported-objects.ts";
import { qualify } from "../sql/ident.ts";
import { notLocked } from "./held-locks.ts";
import { tablesToLock } from "./lock-list.ts";
import { openWorkers, type SharedSnapshot } from "./workers.ts";

/** A connection to the server, and how to open more. */
export type Session = { readonly connection: Connection } & Pick<
  SharedSnapshot,
  "connector" | "version" | "reader"
>;

export interface SnapshotOptions {
  /** Whether the reader is a superuser. */
  readonly isSuperuser: boolean;
  readonly select: SelectOptions;
  readonly lockTimeoutMs: number;
  /** Whether to export the snapshot to other connections. */
  readonly share: boolean;
  /** The snapshot of another session to read; undefined for one of the dump's own. */
  readonly snapshot: string | undefined;
  /** Whether rows are read, too: then other connections are useful however few tables there are. */
  readonly rows: boolean;
  /** Whether to list all objects of the database's users. */
  readonly listObjects: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress | undefined;
  /** Called when the server is busy with the catalogs, and nothing else is left to do. */
  readonly onReading: () => void;
}

interface ReadCatalogs {
  readonly catalog: Catalog;
  /** Every object of the database's users, unless they are not asked for; the server lists them while the plan is made. */
  readonly userObjects: Promise<readonly UserObjects[] | undefined>;
}

export interface DumpSnapshot extends ReadCatalogs {
  /** Oids of the locked tables. */
  readonly locked: ReadonlySet<number>;
  /** Undefined when the snapshot is not shared: then one connection does everything. */
  readonly snapshot: string | undefined;
}

/** Number of tables from which on a second connection reads catalogs: they then take the server about 0.4 seconds. */
export const SHARE_FROM_TABLES = 1000;
/** How often a table may vanish between being listed and being locked before that is an error. */
const ATTEMPTS = 3;
/** SQLSTATE of a table or schema that does not exist, and of a name that stands for something else now. */
const DROPPED: ReadonlySet<string | undefined> = new Set(["42P01", "3F000", "42809"]);

const LOST_SCHEMA_HINT =
  "no option leaves them out, as the server would crash when it is asked for what uses them; as a superuser, give each a schema again: SET allow_system_table_mods = on, then UPDATE pg_catalog.pg_operator SET oprnamespace = 2200 WHERE oid = …, or opcnamespace in pg_opclass";

/** Locks the tables, takes the snapshot, and reads the catalogs. */
export async function takeSnapshot(
  session: Session,
  options: SnapshotOptions,
): Promise<DumpSnapshot> {
  const { connection, version, reader } = session;
  let { share } = options;
  for (let attempt = 1; ; attempt++) {
    options.onProgress?.({ type: "phase", phase: "lock" });
    const tables = await tablesToLock(connection, options.select);
    await beginReading(connection, version, reader);
    try {
      await lock(session, tables, options.lockTimeoutMs);
    } catch (error) {
      const isDropped = error instanceof ServerError && DROPPED.has(error.sqlState);
      if (attempt === ATTEMPTS || !isDropped) throw error;
      await connection.query("ROLLBACK");
      continue;
    }
    let snapshot: string | undefined;
    const isLarge = tables.length >= SHARE_FROM_TABLES;
    if (options.snapshot !== undefined) {
      await importSnapshot(connection, options.snapshot);
      snapshot = share ? options.snapshot : undefined;
    } else if (share && (options.rows || isLarge)) {
      try {
        snapshot = await exportSnapshot(connection);
      } catch (error) {
        if (!(error instanceof ServerError)) throw error;
        share = false;
        await connection.query("ROLLBACK");
        continue;
      }
    }
    const [[missed], harmful] = await Promise.all([
      notLocked(connection, tables),
      undeparsable(connection.pipelinedQuery),
    ]);
    if (harmful.length > 0) throw unsupportedObjects(harmful, { hint: LOST_SCHEMA_HINT });
    if (missed !== undefined) {
      if (attempt === ATTEMPTS) throw replacedRelation(labelOf(missed));
      await connection.query("ROLLBACK");
      continue;
    }
    options.onProgress?.({ type: "phase", phase: "catalog" });
    const readers = isLarge ? 2 : 1;
    const catalogs = await readCatalogs(session, { ...options, snapshot, readers });
    return { ...catalogs, snapshot, locked: new Set(tables.map(({ oid }) => oid)) };
  }
}

/** Locks tables that the plan copies and the first list did not have: created between the list and the snapshot. */
export async function lockNewTables(
  session: Session,
  plan: Plan,
  locked: ReadonlySet<number>,
  timeoutMs: number,
): Promise<void> {
  // Foreign tables cannot be locked.
  const newTables = plan.relations.filter(({ oid, isForeign }) => !isForeign && !locked.has(oid));
  await lock(session, newTables, timeoutMs);
  const [missed] = await notLocked(session.connection, newTables);
  if (missed !== undefined) throw replacedRelation(labelOf(missed));
}

function labelOf({ namespace, name }: Lockable): string {
  return `table ${qualify(namespace, name)}`;
}

async function lock(
  { connection, connector }: Session,
  tables: readonly Lockable[],
  timeoutMs: number,
): Promise<void> {
  await lockTables(connection, tables, timeoutMs, () => connector.connect());
}

async function readCatalogs(
  { connection, connector, version, reader }: Session,
  options: Pick<
    SnapshotOptions,
    "isSuperuser" | "rows" | "listObjects" | "signal" | "onReading"
  > & {
    readonly snapshot: string | undefined;
    readonly readers: number;
  },
): Promise<ReadCatalogs> {
  const { isSuperuser, rows, listObjects, signal, onReading, snapshot, readers } = options;
  const { pipelinedQuery } = connection;
  const helpers: Connection[] = [];
  try {
    // No warning when the second connection cannot be opened: the first one reads the same.
    await openWorkers(
      { connector, version, reader, snapshot },
      { count: readers, signal, onConnection: (helper) => helpers.push(helper) },
    );
    // A parallel worker would first have to build its own caches of the catalogs.
    const withoutWorkers = Promise.all(
      [connection, ...helpers].map((each) =>
        each.pipelinedQuery("SET LOCAL max_parallel_workers_per_gather = 0"),
      ),
    );
    withoutWorkers.catch(() => {});
    let listing: Promise<UserObjects[]> | undefined;
    const catalog = await readCatalog(pipelinedQuery, version, {
      others: helpers.map((helper) => helper.pipelinedQuery),
      rows,
      isSuperuser,
      onReading(tables) {
        if (listObjects) listing = userObjects(pipelinedQuery, tables);
        listing?.catch(() => {});
        onReading();
      },
    });
    await withoutWorkers;
    const userObjectList = Promise.all([
      listing,
      rows ? pipelinedQuery("SET LOCAL max_parallel_workers_per_gather TO DEFAULT") : undefined,
    ]).then(([listed]) => listed);
    userObjectList.catch(() => {});
    return { catalog, userObjects: userObjectList };
  } finally {
    await Promise.all(helpers.map((helper) => helper.close()));
  }
}
