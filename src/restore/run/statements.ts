/** Runs the schema statements of an archive, one object after the other, and says which one failed. */
import { type Warning, warning } from "../../warnings.ts";
import { ServerError } from "../../errors.ts";
import type { OnProgress } from "../../events.ts";
import { objectLabel } from "../../util/label.ts";
import type { StatementStep } from "../decide/steps.ts";
import { setRole } from "../set-role.ts";
import { type TunedTransaction, withIndexMemory } from "./index-memory.ts";
import type { KeptTransaction } from "./kept-transaction.ts";
import type { RunningObject } from "./server-warning.ts";

export interface RunOptions extends Pick<TunedTransaction, "version" | "tuned"> {
  readonly onProgress: OnProgress | undefined;
  /** Counted over all statements of the restore. */
  readonly counter: { index: number; readonly total: number };
  /** The role to stay in; undefined for the session's. */
  readonly role: string | undefined;
  /** Why a statement may fail. */
  readonly hint: string | undefined;
  readonly warn: (warning: Warning) => void;
  readonly running: RunningObject;
}

/** duplicate_object, duplicate_table, duplicate_function, duplicate_schema (PostgreSQL docs, appendix A). */
const EXISTS: ReadonlySet<string | undefined> = new Set(["42710", "42P07", "42723", "42P06"]);

export async function runStatements(
  transaction: KeptTransaction,
  steps: readonly StatementStep[],
  options: RunOptions,
): Promise<void> {
  const { connection } = transaction;
  for (const step of steps) {
    await withIndexMemory({ ...options, connection }, step.index, async () => {
      options.running.object = step.object;
      if (step.mayExist) await runUnlessExists(transaction, step, options);
      else if (step.object.kind === "refresh") await runRefresh(transaction, step, options);
      else await runObject(transaction, step, options);
      options.running.object = null;
      if (step.mayEndRole && options.role !== undefined) await setRole(connection, options.role);
    });
  }
}

/** insufficient_privilege, and object_not_in_prerequisite_state: a view that was not filled itself. */
const UNFILLED: ReadonlySet<string | undefined> = new Set(["42501", "55000"]);

/**
 * The query of a materialized view runs as its owner, who may since have lost the right to read what it reads. That is no
 * reason to have no database: the view says itself that it was not filled.
 */
async function runRefresh(
  transaction: KeptTransaction,
  step: StatementStep,
  options: RunOptions,
): Promise<void> {
  const error = await runUnless(UNFILLED, transaction, step, options);
  if (error === null) return;
  const view = objectLabel({ ...step.object, kind: "materialized-view" });
  const message = `${view} was not filled: ${error.message}`;
  options.warn(warning("unpopulated-view", view, message));
}

/** What a selected table needs may exist already; it is used as it is then. */
async function runUnlessExists(
  transaction: KeptTransaction,
  step: StatementStep,
  options: RunOptions,
): Promise<void> {
  const error = await runUnless(EXISTS, transaction, step, options);
  if (error === null) return;
  const object = error.object ?? step.object.name;
  options.warn(
    warning("existing-object", object, `${object} exists already and was left as it is`),
  );
}

/**
 * Runs the statements of an object, or none of them where one fails with one of these SQLSTATEs.
 * @returns that error; null when all ran.
 */
async function runUnless(
  states: ReadonlySet<string | undefined>,
  transaction: KeptTransaction,
  step: StatementStep,
  options: RunOptions,
): Promise<ServerError | null> {
  const { connection } = transaction;
  await connection.query("SAVEPOINT nexushub_dump");
  try {
    await runObject(transaction, step, options);
    await connection.query("RELEASE nexushub_dump");
    return null;
  } catch (error) {
    if (!(error instanceof ServerError) || !states.has(error.sqlState)) throw error;
    await connection.query("ROLLBACK TO nexushub_dump; RELEASE nexushub_dump");
    return error;
  }
}

async function runObject(
  transaction: KeptTransaction,
  { object }: StatementStep,
  { onProgress, counter, hint }: RunOptions,
): Promise<void> {
  const label = objectLabel(object);
  for (const statement of object.statements) {
    onProgress?.({
      type: "statement",
      kind: object.kind,
      name: object.name,
      index: ++counter.index,
      total: counter.total,
    });
    await transaction.runOfArchive(statement, {
      action: `restore ${label}`,
      object: label,
      statement,
      hint,
    });
  }
}
