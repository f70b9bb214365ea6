/**
 * The exchange itself: the live database gets another name and the new one gets its name, in one transaction, so that at
 * every moment, and whoever dies, the name belongs to the one or to the other.
 *
 * Nobody is held off by a setting that would have to be taken back: ALTER DATABASE … RENAME locks the database, then waits
 * for its sessions to go, up to five seconds (CountOtherDBBackends(), src/backend/storage/ipc/procarray.c), while new
 * sessions wait for the lock. Meanwhile a second connection ends the sessions. When ours dies, the server rolls back.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { RefusedError, ServerError, throwIfAborted } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { formatDuration, listed } from "../../util/format.ts";
import { endSessions, readSessions } from "./read-facts.ts";
import { renameSql } from "./statements.ts";

export interface Exchange {
  /** A connection to a third database, in no transaction. */
  readonly connection: Connection;
  /** Another one, which ends sessions meanwhile. */
  readonly helper: Connection;
  readonly live: { readonly name: string; readonly oid: number };
  readonly incoming: { readonly name: string; readonly oid: number };
  /** The name that the live database gets. */
  readonly retiredName: string;
  /**
   * Statements for both databases in the same transaction, which run while nobody is connected to the live one. It has its
   * new name by then; the incoming one still has its old name.
   */
  readonly adopt: () => Promise<readonly string[]>;
  /** How long to wait in all, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface Exchanged {
  /** Sessions that were ended. */
  readonly ended: number;
  /** For how long new sessions had to wait, in milliseconds. */
  readonly heldMs: number;
}

/** object_in_use, lock_not_available (PostgreSQL docs, appendix A). */
const BUSY: ReadonlySet<string | undefined> = new Set(["55006", "55P03"]);
/** The time between two looks at who is connected. */
const POLL_MS = 20;
/** The time between two attempts, in which new sessions get in. */
const PAUSE_MS = 200;

/**
 * @throws RefusedError (TARGET_BUSY) only when sessions could not be ended in time; the live database is as it was then.
 */
export async function exchange(exchange: Exchange): Promise<Exchanged> {
  const { timeoutMs, signal } = exchange;
  const deadline = performance.now() + timeoutMs;
  const ended = new Set<number>();
  for (;;) {
    throwIfAborted(signal, "before the databases were exchanged");
    const started = performance.now();
    try {
      await attempt(exchange, Math.max(1, deadline - started), ended);
      return { ended: ended.size, heldMs: Math.round(performance.now() - started) };
    } catch (error) {
      if (await hasHappened(exchange))
        return { ended: ended.size, heldMs: Math.round(performance.now() - started) };
      const isBusy = error instanceof ServerError && BUSY.has(error.sqlState);
      if (!isBusy) throw error;
      if (performance.now() >= deadline) throw await stillBusy(exchange, error);
    }
    await sleep(PAUSE_MS);
  }
}

/** Whether the new database has the name, though the connection was lost when the server was to say so. */
async function hasHappened({ helper, live, incoming }: Exchange): Promise<boolean> {
  try {
    const rows = await helper.query(
      `SELECT FROM pg_catalog.pg_database WHERE datname = ${quoteLiteral(live.name)} AND oid = ${incoming.oid}`,
    );
    return rows.length > 0;
  } catch {
    return false;
  }
}

/** @param ended receives the processes of the sessions that were ended. */
async function attempt(
  { connection, helper, live, incoming, retiredName, adopt }: Exchange,
  timeoutMs: number,
  ended: Set<number>,
): Promise<void> {
  const action = "exchange the databases";
  const progress = { isRenamed: false };
  const rename = async (): Promise<void> => {
    try {
      await connection.query(
        `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = ${Math.ceil(timeoutMs)}; SET LOCAL synchronous_commit = on`,
        { action },
      );
      await connection.query(renameSql(live.name, retiredName), { action });
    } finally {
      progress.isRenamed = true;
    }
  };
  const endAll = async (): Promise<void> => {
    while (!progress.isRenamed) {
      for (const pid of await endSessions(helper, [live.oid, incoming.oid])) ended.add(pid);
      await sleep(POLL_MS);
    }
  };
  try {
    const outcomes = await Promise.allSettled([rename(), endAll()]);
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    for (const statement of await adopt()) await connection.query(statement, { action, statement });
    await connection.query(renameSql(incoming.name, live.name), { action });
    await connection.query("COMMIT", { action });
  } catch (error) {
    await connection.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function stillBusy(
  { helper, live, incoming, timeoutMs }: Exchange,
  cause: unknown,
): Promise<RefusedError> {
  const sessions = [live.oid, incoming.oid].map((oid) => readSessions(helper, oid).catch(() => []));
  const who = (await Promise.all(sessions))
    .flat()
    .map(
      ({ pid, role, application }) =>
        `${application ?? "a session"} of ${role ?? "an unknown role"} (pid ${pid})`,
    );
  const sessionsText = who.length === 0 ? "sessions of the database" : listed(who);
  return new RefusedError(
    "TARGET_BUSY",
    `${sessionsText} did not end within ${formatDuration(timeoutMs)}, so the databases were not exchanged`,
    {
      object: `database ${live.name}`,
      hint: "stop what connects to the database all the time, or allow more time (--swap-timeout)",
      cause,
    },
  );
}
