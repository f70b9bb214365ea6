/** Runs one task in a transaction of its own. */
import type { ArchiveReader } from "../../archive/reader.ts";
import type { ServerVersion } from "../../catalog/version.ts";
import { ServerError } from "../../errors.ts";
import type { OnProgress } from "../../events.ts";
import type { Connection } from "../../pg/connection.ts";
import { setLocal } from "../../pg/session.ts";
import {
  pinnedSettings,
  type Setting,
  type Tuning,
  tuningSettings,
} from "../../restore/decide/session-settings.ts";
import type { DataStep } from "../../restore/decide/steps.ts";
import { analyzeTable } from "../../restore/run/analyze.ts";
import type { KeptTransaction } from "../../restore/run/kept-transaction.ts";
import { loadRelations, startReading } from "../../restore/run/load-rows.ts";
import type { RunningObject } from "../../restore/run/server-warning.ts";
import { type RunOptions, runStatements } from "../../restore/run/statements.ts";
import { inOwnTransaction } from "../../restore/run/transaction-scope.ts";
import { setRole } from "../../restore/set-role.ts";
import type { FieldEncoders } from "../../restore/target/field-encoders.ts";
import { qualify } from "../../sql/ident.ts";
import type { DataProgress } from "../../util/progress.ts";
import type { Warning } from "../../warnings.ts";
import { shareOf } from "../schedule/share.ts";
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
  /** Memory for one connection, and processes for all of them; undefined for the server's own. */
  readonly tuned: Tuning | undefined;
  readonly hint: string | undefined;
  readonly counter: { index: number; readonly total: number };
  readonly progress: DataProgress;
  readonly onProgress: OnProgress | undefined;
  readonly warn: (warning: Warning) => void;
  readonly signal: AbortSignal | undefined;
  readonly jobs: number;
  /** Of the relations whose rows are sent in the binary format. */
  readonly encoders: FieldEncoders;
  readonly unfilled: RunOptions["unfilled"];
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
      const tuned = context.tuned && shareOf(context.tuned, context.jobs, sharers);
      await inTask({ ...context, tuned }, worker, (transaction) =>
        runWork({ ...context, tuned }, worker, transaction, work),
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
  context: Pick<TaskContext, "version" | "lockTimeoutMs" | "settings" | "role" | "tuned">,
  { connection }: Pick<Worker, "connection">,
  body: (transaction: KeptTransaction) => Promise<T>,
): Promise<T> {
  const { version, lockTimeoutMs, settings, role, tuned } = context;
  return inOwnTransaction(connection, { dryRun: false, onProgress: undefined }, async (kept) => {
    await kept.connection.query(
      setLocal([
        ...pinnedSettings(version, lockTimeoutMs),
        ...settings,
        ...(tuned === undefined ? [] : tuningSettings(tuned)),
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

/** Does the work of a task inside a transaction. */
export async function runWork(
  context: TaskContext,
  worker: Worker,
  transaction: KeptTransaction,
  work: Task["work"],
): Promise<void> {
  const { connection } = transaction;
  switch (work.type) {
    case "relations":
      await emptyTables(connection, work.steps);
      await load(context, connection, work.steps);
      return;
    case "parts":
      await load(context, connection, [work.step]);
      return;
    case "objects": {
      await runStatements(transaction, work.steps, statementOptions(context, worker));
      return;
    }
    case "statements":
      for (const statement of work.statements)
        await connection.query(statement, { action: work.action, statement });
      return;
    case "analyze":
      await analyzeTable(connection, work.table, context.warn);
  }
}

/** How a connection runs statements of the archive. */
export function statementOptions(context: TaskContext, { running }: Worker): RunOptions {
  const { version, onProgress, warn, role, tuned, hint, counter, unfilled } = context;
  return { version, onProgress, warn, running, role, tuned, hint, counter, unfilled };
}

/** Rows can be frozen only in tables that the same transaction emptied. */
async function emptyTables(connection: Connection, steps: readonly DataStep[]): Promise<void> {
  const tables = steps.filter(({ relation }) => relation.kind === "table");
  if (tables.length === 0) return;
  const names = tables.map(({ relation }) => `ONLY ${qualify(relation.namespace, relation.name)}`);
  await connection.query(`TRUNCATE ${names.join(", ")}`, { action: "prepare the tables" });
}

async function load(
  { reader, progress, signal, jobs, encoders }: TaskContext,
  connection: Connection,
  steps: readonly DataStep[],
): Promise<void> {
  const readAhead = Math.floor(READ_AHEAD / jobs);
  await loadRelations(connection, startReading(reader, steps, { signal, readAhead }), steps, {
    progress,
    // Where rows go through another table, the task's statement says so.
    through: new Map(),
    encoders,
    createLargeObjects: false,
  });
}
