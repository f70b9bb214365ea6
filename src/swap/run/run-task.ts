/** Runs one task in a transaction of its own. */
import type { ArchiveReader } from "../../archive/reader.ts";
import type { ServerVersion } from "../../catalog/version.ts";
import { ServerError } from "../../errors.ts";
import type { OnProgress } from "../../events.ts";
import type { Connection } from "../../pg/connection.ts";
import { setLocal } from "../../pg/session.ts";
import { pinnedSettings, type Setting } from "../../restore/decide/session-settings.ts";
import type { DataStep } from "../../restore/decide/steps.ts";
import { analyzeTable } from "../../restore/run/analyze.ts";
import type { KeptTransaction } from "../../restore/run/kept-transaction.ts";
import { loadRelations } from "../../restore/run/load-rows.ts";
import type { RunningObject } from "../../restore/run/server-warning.ts";
import { runStatements } from "../../restore/run/statements.ts";
import { inOwnTransaction } from "../../restore/run/transaction-scope.ts";
import { setRole } from "../../restore/set-role.ts";
import { qualify } from "../../sql/ident.ts";
import type { DataProgress } from "../../util/progress.ts";
import type { Warning } from "../../warnings.ts";
import type { Task } from "../schedule/task.ts";

/** A connection to the new database, and the object whose statements it runs. */
export interface Worker {
  readonly connection: Connection;
  readonly running: RunningObject;
}

/** What is the same for all tasks. */
export interface TaskContext {
  readonly reader: ArchiveReader;
  readonly version: ServerVersion;
  readonly lockTimeoutMs: number;
  /** Settings of the transactions, beside those that fix the meaning of the archive's text. */
  readonly settings: readonly Setting[];
  /** The role to take on; undefined for the login. */
  readonly role: string | undefined;
  /** `maintenance_work_mem` for one connection; undefined for the server's own. */
  readonly memory: string | undefined;
  /** Processes that build an index beside the one that is asked to, for all connections; undefined for the server's own. */
  readonly parallelWorkers: number | undefined;
  readonly hint: string | undefined;
  readonly counter: { index: number; readonly total: number };
  readonly progress: DataProgress;
  readonly onProgress: OnProgress | undefined;
  readonly warn: (warning: Warning) => void;
  readonly signal: AbortSignal | undefined;
  readonly jobs: number;
}

/** deadlock_detected (PostgreSQL docs, appendix A). */
const DEADLOCK = "40P01";
const ATTEMPTS = 3;
/** Bytes of the archive that may be in memory ahead of all connections together. */
const READ_AHEAD = 24 * 1024 * 1024;

/**
 * @param sharers how many tasks there are to share the server's processors.
 * @throws what the one-transaction restore would throw for the same object.
 */
export async function runTask(
  context: TaskContext,
  worker: Worker,
  { work }: Pick<Task, "work">,
  sharers: number,
): Promise<void> {
  if (work.type === "statements" && work.statements.length === 0) return;
  for (let attempt = 1; ; attempt++) {
    try {
      await inTask(context, worker, sharers, (transaction) =>
        runWork(context, worker, transaction, work),
      );
      return;
    } catch (error) {
      // The schedule rules deadlocks out as far as locks are known; functions of the archive can take others.
      const isDeadlock = error instanceof ServerError && error.sqlState === DEADLOCK;
      if (!isDeadlock || attempt === ATTEMPTS || isLoad(work)) throw error;
    }
  }
}

function isLoad({ type }: Task["work"]): boolean {
  return type === "relations" || type === "parts";
}

/** A transaction with the settings of the restore, which is committed without waiting for the disk. */
export function inTask<T>(
  context: Pick<
    TaskContext,
    "version" | "lockTimeoutMs" | "settings" | "role" | "memory" | "parallelWorkers" | "jobs"
  >,
  { connection }: Pick<Worker, "connection">,
  sharers: number,
  body: (transaction: KeptTransaction) => Promise<T>,
): Promise<T> {
  const { version, lockTimeoutMs, settings, role, memory, parallelWorkers, jobs } = context;
  return inOwnTransaction(connection, { dryRun: false, onProgress: undefined }, async (kept) => {
    await kept.connection.query(
      setLocal([
        ...pinnedSettings(version, lockTimeoutMs),
        ...settings,
        ...(memory === undefined ? [] : [["maintenance_work_mem", memory] as const]),
        ...(parallelWorkers === undefined
          ? []
          : [
              [
                "max_parallel_maintenance_workers",
                String(workersFor(parallelWorkers, sharers, jobs)),
              ] as const,
            ]),
        // The renames are waited for, and with them all that was written before.
        ["synchronous_commit", "off"],
      ]),
    );
    await kept.remember();
    if (role !== undefined) await setRole(kept.connection, role);
    const result = await body(kept);
    await kept.requireSame();
    return result;
  });
}

/** With enough tasks for all connections, each has one process; the last ones share what the others leave. */
function workersFor(total: number, sharers: number, jobs: number): number {
  return sharers >= jobs && jobs > 1 ? 0 : Math.floor(total / Math.max(1, sharers));
}

/** Does the work of a task inside a transaction. */
export async function runWork(
  context: TaskContext,
  { running }: Worker,
  transaction: KeptTransaction,
  work: Task["work"],
): Promise<void> {
  const { connection } = transaction;
  const { onProgress, warn, role, memory, hint, counter } = context;
  switch (work.type) {
    case "relations":
      await emptyTables(connection, work.steps);
      await load(context, connection, work.steps);
      return;
    case "parts":
      await load(context, connection, [work.step]);
      return;
    case "objects": {
      const options = { onProgress, warn, running, role, memory, hint, counter };
      await runStatements(transaction, work.steps, options);
      return;
    }
    case "statements":
      for (const statement of work.statements)
        await connection.query(statement, { action: work.action, statement });
      return;
    case "analyze":
      await analyzeTable(connection, work.table, warn);
  }
}

/** Rows can be frozen only in tables that the same transaction emptied. */
async function emptyTables(connection: Connection, steps: readonly DataStep[]): Promise<void> {
  const tables = steps.filter(({ relation }) => relation.kind === "table");
  if (tables.length === 0) return;
  const names = tables.map(({ relation }) => `ONLY ${qualify(relation.namespace, relation.name)}`);
  await connection.query(`TRUNCATE ${names.join(", ")}`, { action: "prepare the tables" });
}

async function load(
  { reader, progress, signal, jobs }: TaskContext,
  connection: Connection,
  steps: readonly DataStep[],
): Promise<void> {
  await loadRelations(connection, reader, steps, {
    progress,
    signal,
    readAhead: Math.floor(READ_AHEAD / jobs),
    // Where rows go through another table, the task's statement says so.
    through: new Map(),
    createLargeObjects: false,
  });
}
