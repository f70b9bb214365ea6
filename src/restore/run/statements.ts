/** Runs the schema statements of an archive, one object after the other, and says which one failed. */
import { type Warning, warning } from "../../warnings.ts";
import type { ServerError } from "../../errors.ts";
import type { OnProgress } from "../../events.ts";
import { inSavepoint } from "../../pg/savepoint.ts";
import { EXISTS } from "../../pg/server-error.ts";
import { objectLabel } from "../../util/label.ts";
import { EXISTS_NOTE, MISSING_NOTE, permissionNote, rowsNote } from "../decide/hints.ts";
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
  /** Receives the materialized views that could not be filled, by the `id` of the object; `fillAgain` tries them once more. */
  readonly unfilled: Map<number, UnfilledView>;
}

interface UnfilledView {
  readonly step: StatementStep;
  readonly error: ServerError;
}

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

/** object_not_in_prerequisite_state: a view that was not filled itself. */
const NOT_FILLED = "55000";

/**
 * Classes of the errors with which a query fails because of the rows that it reads, the functions that it calls or the rights
 * that its owner has: those of cardinality, data, integrity, of functions in any language, access rules and limits.
 */
const QUERY_ERRORS: ReadonlySet<string> = new Set([
  "21",
  "22",
  "23",
  "2F",
  "38",
  "39",
  "42",
  "54",
  "P0",
]);

async function runRefresh(
  transaction: KeptTransaction,
  step: StatementStep,
  options: RunOptions,
): Promise<void> {
  const error = await runUnless(isQueryError, transaction, step, options);
  if (error !== null) options.unfilled.set(step.object.id, { step, error });
}

/**
 * Fills the views that could not be filled, now that all others are: a function that reads a view is no dependency that the
 * catalogs know. What fails still may fail on the dumped server, too, and only its rows are older: those that it reads have
 * changed since, or its owner has lost the right to read them. That is no reason to have no database: the view says itself
 * that it was not filled.
 */
export async function fillAgain(transaction: KeptTransaction, options: RunOptions): Promise<void> {
  const { unfilled, warn } = options;
  // Each has been counted.
  const again = { ...options, onProgress: undefined, counter: { ...options.counter } };
  for (let before = Infinity; unfilled.size < before;) {
    before = unfilled.size;
    for (const { step } of [...unfilled.values()].sort(
      (a, b) => a.step.object.id - b.step.object.id,
    )) {
      unfilled.delete(step.object.id);
      await runRefresh(transaction, step, again);
    }
  }
  for (const { step, error } of unfilled.values()) {
    const view = objectLabel({ ...step.object, kind: "materialized-view" });
    warn(warning("unpopulated-view", view, `${view} was not filled: ${error.message}`));
  }
}

function isQueryError(state: string): boolean {
  return state === NOT_FILLED || QUERY_ERRORS.has(state.slice(0, 2));
}

/** What a selected table needs may exist already; it is used as it is then. */
async function runUnlessExists(
  transaction: KeptTransaction,
  step: StatementStep,
  options: RunOptions,
): Promise<void> {
  const error = await runUnless((state) => EXISTS.has(state), transaction, step, options);
  if (error === null) return;
  const object = error.object ?? step.object.name;
  options.warn(
    warning("existing-object", object, `${object} exists already and was left as it is`),
  );
}

/**
 * Runs the statements of an object, or none of them where one fails with such an SQLSTATE.
 * @returns that error; null when all ran.
 */
async function runUnless(
  isTolerated: (sqlState: string) => boolean,
  transaction: KeptTransaction,
  step: StatementStep,
  options: RunOptions,
): Promise<ServerError | null> {
  return inSavepoint(
    transaction.connection,
    () => runObject(transaction, step, options),
    ({ sqlState = "" }) => isTolerated(sqlState),
  );
}

async function runObject(
  transaction: KeptTransaction,
  { object, hint }: StatementStep,
  { onProgress, counter, hint: common }: RunOptions,
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
      hint: hint ?? common,
      permissionHint: permissionNote(object),
      rowsHint: rowsNote(object.kind),
      missingHint: MISSING_NOTE,
      existsHint: EXISTS_NOTE,
    });
  }
}
