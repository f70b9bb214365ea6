/**
 * A restore beside the live database: a new one is created and filled over several connections, compared with the
 * manifest, and takes the name of the live one in a moment. Until then nothing of the live database is touched, and
 * whatever fails, the new one is removed.
 */
import { randomBytes } from "node:crypto";
import type { ArchiveReader } from "../archive/reader.ts";
import { requiredKeys } from "../archive/signing/signed-archive.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { failureOf, throwIfAborted, UsageError } from "../errors.ts";
import { isClient, type OpenClient } from "../pg/borrow.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { isPglite, type PgliteClient } from "../pg/pglite.ts";
import { type Selection, selectFromArchive } from "../restore/decide/selection.ts";
import { type RestoreSettings, restoreSettings } from "../restore/defaults.ts";
import { openForRestore } from "../restore/open-intact.ts";
import type { RestoreOptions, RestoreResult, SwapOptions, SwapResult } from "../restore/options.ts";
import { restored } from "../restore/transaction.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";
import { type Warning, warning } from "../warnings.ts";
import { readRoles, removeExpired, removeLeftovers, removeNew } from "./database/beside.ts";
import type { DatabaseFacts } from "./database/facts.ts";
import { readFreeBytes } from "./database/free-space.ts";
import { atDatabase, type LiveDatabase, lockLive, requireExchangeable } from "./database/look.ts";
import { type Maintenance, openMaintenance } from "./database/maintenance.ts";
import { formatMarker, newName } from "./database/marker.ts";
import { type DiskSpace, neededSpace } from "./database/needed-space.ts";
import { readDatabase } from "./database/read-facts.ts";
import { likenessSql, commentSql, createDatabaseSql } from "./database/statements.ts";
import { swapDatabases, type SwappedDatabases } from "./database/swap-databases.ts";
import { type SwapSettings, swapSettings } from "./defaults.ts";
import { checkArchive } from "./check-archive.ts";
import { fill } from "./run/fill.ts";

/** @throws what `restore` throws; RefusedError (SWAP_REFUSED, TARGET_BUSY) when the databases cannot be exchanged. */
export async function restoreBeside(
  archive: ArchiveOrigin,
  target: ConnectionSource | OpenClient | PgliteClient,
  { swap, ...options }: RestoreOptions & { readonly swap: SwapOptions },
): Promise<RestoreResult> {
  requirePath(archive, "archive");
  const started = performance.now();
  const swapped = swapSettings(options, swap);
  const trusted = options.trusted ?? requiredKeys(archive) !== undefined;
  const asked = withoutDatabase(restoreSettings({ ...options, trusted }));
  if (isPglite(target) || isClient(target)) {
    throw new UsageError("a swap opens connections of its own, and the target is an open client", {
      hint: "give the connection string or configuration that it was created with",
    });
  }
  const { reader, settings, lost, warnings } = await openForRestore(archive, asked);
  settings.onProgress?.({ type: "phase", phase: "connect" });
  try {
    const selection = selectFromArchive(reader.manifest, settings);
    const { dataOnly, sections } = reader.manifest.options;
    if (dataOnly || !sections.includes("pre-data"))
      throw new UsageError("the archive holds no objects, and a swap needs all of them");
    const run = new SwapRun(reader, selection, settings, swapped);
    for (const each of warnings) run.warn(each);
    const outcome = await run.run(target);
    return { ...outcome, lost, elapsedMs: Math.round(performance.now() - started) };
  } catch (error) {
    throw failureOf(error, settings.signal, "while restoring");
  } finally {
    await reader.close();
  }
}

/** The live database's own properties move to the new one; those that the archive holds would replace them. */
function withoutDatabase(settings: RestoreSettings): RestoreSettings {
  const { leaveOut } = settings;
  return {
    ...settings,
    leaveOut: (object) => object.kind === "database" || leaveOut?.(object) === true,
  };
}

type Outcome = Omit<RestoreResult, "lost" | "elapsedMs">;

function partialArchive({ name }: DatabaseFacts): Warning {
  const message = `the archive holds a part of a database, and ${name} will hold nothing else; the old contents are kept for a time`;
  return warning("partial-archive", null, message);
}

function littleSpace({ name }: DatabaseFacts): Warning {
  const message = `the server's disk will probably be full before the database beside ${name} is complete`;
  return warning("disk-space", null, message);
}

function notRemoved({ message }: Error): Warning {
  const text = `the databases were exchanged, and databases that are no longer kept were not dropped (prune --databases drops them): ${message}`;
  return warning("expired-database", null, text);
}

class SwapRun {
  readonly #reader: ArchiveReader;
  readonly #selection: Selection;
  readonly #settings: RestoreSettings;
  readonly #swap: SwapSettings;
  readonly #warnings: Warning[] = [];

  constructor(
    reader: ArchiveReader,
    selection: Selection,
    settings: RestoreSettings,
    swap: SwapSettings,
  ) {
    this.#reader = reader;
    this.#selection = selection;
    this.#settings = settings;
    this.#swap = swap;
  }

  async run(target: ConnectionSource): Promise<Outcome> {
    const looked = await this.#look(target);
    const maintenance = await openMaintenance(looked.connector, looked.database.name);
    try {
      const live = await lockLive(looked, maintenance);
      const swap = await this.#swapIn(live, maintenance);
      this.#settings.onProgress?.({ type: "phase", phase: "finish" });
      return {
        target: live.label,
        ...restored(this.#selection),
        dropped: [],
        createdRoles: [],
        warnings: this.#warnings,
        committed: !this.#settings.dryRun,
        swap,
      };
    } finally {
      await maintenance.close();
    }
  }

  readonly warn = (warning: Warning): void => {
    this.#warnings.push(warning);
    this.#settings.onProgress?.({ type: "warning", ...warning });
  };

  /** Reads everything that can speak against the restore, over the one connection to the live database that there is. */
  #look(target: ConnectionSource): Promise<LiveDatabase> {
    return atDatabase(target, this.#settings.signal, async (connection, live) => {
      await checkArchive(connection, {
        manifest: this.#reader.manifest,
        selection: this.#selection,
        settings: this.#settings,
        version: live.version,
      });
      await requireExchangeable(connection, live.database, await this.#disk(connection, live));
      return live;
    });
  }

  async #disk(connection: Connection, { database }: LiveDatabase): Promise<DiskSpace> {
    const freeBytes = await readFreeBytes(connection, database.oid);
    const disk = { ...neededSpace(this.#selection.relations), freeBytes };
    const { likelyBytes } = disk;
    this.#settings.onProgress?.({ type: "disk", likelyBytes, freeBytes });
    if (freeBytes !== null && freeBytes < likelyBytes) this.warn(littleSpace(database));
    return disk;
  }

  async #swapIn(live: LiveDatabase, maintenance: Maintenance): Promise<SwapResult> {
    const { connection } = maintenance;
    const { database, connector } = live;
    const { jobs, keepOldMs } = this.#swap;
    if (this.#reader.manifest.partial) this.warn(partialArchive(database));
    const removed = await removeLeftovers(connection, connector, database);
    const name = newName(database.name, randomBytes(3).toString("hex"));
    const result = { jobs, kept: null, keptUntil: null, sessionsEnded: 0, heldMs: 0 };
    try {
      const incoming = await this.#create(live, connection, name);
      await fill({
        reader: this.#reader,
        selection: this.#selection,
        settings: this.#settings,
        version: live.version,
        jobs,
        warn: this.warn,
        connector: connector.toDatabase(name),
      });
      throwIfAborted(this.#settings.signal, "before the databases were exchanged");
      if (this.#settings.dryRun) {
        await removeNew(connection, connector, name);
        return { ...result, removed };
      }
      const exchanged = await this.#exchange(live, maintenance, incoming);
      await this.#removeExpired(connection, { ...database, oid: incoming.oid }, removed);
      const isKept = keepOldMs > 0 || !removed.includes(exchanged.retiredName);
      return {
        ...result,
        kept: isKept ? exchanged.retiredName : null,
        keptUntil: isKept ? exchanged.keepUntil.toISOString() : null,
        sessionsEnded: exchanged.ended,
        heldMs: exchanged.heldMs,
        removed: removed.filter((each) => each !== exchanged.retiredName),
      };
    } catch (error) {
      // After the exchange the name is gone; before it, nothing else knows the database.
      await removeNew(connection, connector, name).catch(() => undefined);
      throw error;
    }
  }

  /** The exchange has happened: what fails now is no failure of the restore. */
  async #removeExpired(
    connection: Connection,
    live: DatabaseFacts,
    removed: string[],
  ): Promise<void> {
    try {
      for await (const name of removeExpired(connection, live, new Date())) removed.push(name);
    } catch (error) {
      this.warn(notRemoved(error as Error));
    }
  }

  /** Creates the database with all that it gets of the live one, so that what cannot be moved shows now. */
  async #create(
    { database, version }: LiveDatabase,
    connection: Connection,
    name: string,
  ): Promise<DatabaseFacts> {
    this.#settings.onProgress?.({ type: "phase", phase: "create-database" });
    const action = `create a database like ${database.name}`;
    await connection.query(createDatabaseSql(database, name, version), { action });
    const marker = { kind: "new", database: database.name, databaseOid: database.oid } as const;
    await connection.query(commentSql(name, formatMarker(marker)), { action });
    const created = await readDatabase(connection, version, name);
    const roles = await readRoles(connection);
    const hint =
      "the new database gets what the live one has: connect as a role that may give it that, such as a superuser";
    try {
      await connection.query("BEGIN");
      for (const statement of likenessSql(created, database, roles, version))
        await connection.query(statement, { action, statement, hint });
      await connection.query("COMMIT", { action });
    } catch (error) {
      // In a transaction that failed, the database could not be dropped.
      await connection.query("ROLLBACK").catch(() => undefined);
      throw error;
    }
    return created;
  }

  #exchange(
    { database, version }: LiveDatabase,
    { connection, helper }: Maintenance,
    incoming: DatabaseFacts,
  ): Promise<SwappedDatabases> {
    const { keepOldMs, timeoutMs } = this.#swap;
    const { signal, onProgress } = this.#settings;
    return swapDatabases({
      connection,
      helper,
      version,
      live: database,
      incoming,
      keepOldMs,
      adopt: "everything",
      timeoutMs,
      signal,
      onProgress,
    });
  }
}
