/** What comes after a swap: back to the old database, the list of those that are kept, and their end. */
import { RefusedError } from "../errors.ts";
import type { OnProgress } from "../events.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import {
  type KeptCandidate,
  type KeptDatabase,
  readKept,
  readSizes,
  removeExpired,
  removeLeftovers,
} from "./database/beside.ts";
import { quoteIdent } from "../sql/ident.ts";
import type { DatabaseFacts } from "./database/facts.ts";
import { atDatabase, type LiveDatabase, lockLive, requireExchangeable } from "./database/look.ts";
import { type Maintenance, openMaintenance } from "./database/maintenance.ts";
import { swapDatabases } from "./database/swap-databases.ts";
import { swapSettings } from "./defaults.ts";

export type { KeptDatabase } from "./database/beside.ts";

/** Options of `undoSwap`. */
export interface UndoSwapOptions {
  /** How long to keep the database that loses its place, in milliseconds. Default: 7 days. */
  readonly keepOld?: number | undefined;
  /** How long the exchange may wait for sessions to end, in milliseconds. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
  /** Stops the exchange before it happens. */
  readonly signal?: AbortSignal | undefined;
  /** Receives an event before sessions are ended. */
  readonly onProgress?: OnProgress | undefined;
}

/** The result of `undoSwap`. */
export interface UndoSwapResult {
  /** The database, without its password. */
  readonly target: string;
  /** The kept database that has the place again. */
  readonly restored: string;
  /** When it had lost its place, ISO 8601 in UTC. */
  readonly swappedAt: string;
  /** The name of the database that had the place until now, and until when it is kept. */
  readonly kept: string;
  readonly keptUntil: string;
  /** Sessions that were ended. */
  readonly sessionsEnded: number;
  /** How long new sessions had to wait, in milliseconds. */
  readonly heldMs: number;
  readonly elapsedMs: number;
}

/**
 * Exchanges a database for the one that it replaced last. What was written since stays in the one that loses its place,
 * which is kept in turn: undoing twice changes nothing.
 * @throws RefusedError (SWAP_REFUSED) when nothing is kept of it, or something stands in the way; TARGET_BUSY when sessions
 * could not be ended in time.
 */
export async function undoSwap(
  target: ConnectionSource,
  options: UndoSwapOptions = {},
): Promise<UndoSwapResult> {
  const started = performance.now();
  const { keepOld, signal, onProgress } = options;
  const settings = swapSettings({}, { keepOld, timeoutMs: options.timeoutMs });
  return withMaintenance(target, true, async ({ label, database, version }, maintenance) => {
    const { connection, helper } = maintenance;
    const replaced = (await readKept(connection, database)).filter(
      ({ successor }) => successor === database.oid,
    );
    const kept = replaced.find(({ canUndo }) => canUndo);
    if (kept === undefined)
      throw replaced[0] ? closed(replaced[0], database) : nothingKept(database);
    const { retiredName, keepUntil, ended, heldMs } = await swapDatabases({
      connection,
      helper,
      version,
      live: database,
      incoming: kept,
      keepOldMs: settings.keepOldMs,
      adopt: { comment: kept.comment },
      timeoutMs: settings.timeoutMs,
      signal,
      onProgress,
    });
    return {
      target: label,
      restored: kept.name,
      swappedAt: kept.swappedAt,
      kept: retiredName,
      keptUntil: keepUntil.toISOString(),
      sessionsEnded: ended,
      heldMs,
      elapsedMs: Math.round(performance.now() - started),
    };
  });
}

/** The databases that swaps keep of a database, the newest first. */
export function listKeptDatabases(target: ConnectionSource): Promise<KeptDatabase[]> {
  return atDatabase(target, undefined, async (connection, { database: live }) => {
    const kept = await readKept(connection, live);
    const sizes = await readSizes(
      connection,
      kept.map(({ oid }) => oid),
    );
    return kept.map(({ oid, name, database, swappedAt, keepUntil, canUndo }) => ({
      name,
      database,
      swappedAt,
      keepUntil,
      size: sizes.get(oid) ?? null,
      canUndo,
    }));
  });
}

/**
 * Drops the databases that are kept of a database and whose time is over, and what killed runs have left beside it.
 * @returns the names of the databases that were dropped; one that somebody is connected to stays.
 */
export async function dropExpiredDatabases(target: ConnectionSource): Promise<string[]> {
  return withMaintenance(target, false, async ({ database, connector }, { connection }) => {
    const removed = await removeLeftovers(connection, connector, database);
    for await (const name of removeExpired(connection, database, new Date())) removed.push(name);
    return removed;
  });
}

/** Looks at a database, leaves it, and works on it from another one, as the only run that does. */
async function withMaintenance<T>(
  target: ConnectionSource,
  isExchange: boolean,
  body: (live: LiveDatabase, maintenance: Maintenance) => Promise<T>,
): Promise<T> {
  const looked = await atDatabase(target, undefined, async (connection, live) => {
    if (isExchange) await requireExchangeable(connection, live.database);
    return live;
  });
  const maintenance = await openMaintenance(looked.connector, looked.database.name);
  try {
    return await body(await lockLive(looked, maintenance), maintenance);
  } finally {
    await maintenance.close();
  }
}

function closed(kept: KeptCandidate, { name }: DatabaseFacts): RefusedError {
  return new RefusedError(
    "SWAP_REFUSED",
    `the database ${JSON.stringify(kept.name)}, which is kept of ${JSON.stringify(name)}, takes no connections`,
    {
      object: `database ${kept.name}`,
      hint: `ALTER DATABASE ${quoteIdent(kept.name)} ALLOW_CONNECTIONS true; when that fails, its removal was interrupted, and an archive can be restored instead`,
    },
  );
}

function nothingKept({ name }: DatabaseFacts): RefusedError {
  return new RefusedError(
    "SWAP_REFUSED",
    `nothing is kept of the database ${JSON.stringify(name)} that it could be exchanged for`,
    {
      object: `database ${name}`,
      hint: "list --databases lists what is kept, of those with the owner of the database; an archive can be restored instead",
    },
  );
}
