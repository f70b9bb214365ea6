/** Tries statements that come after the rows before them, so that a missing right does not end hours of loading. */
import { inSavepoint, undone } from "../../pg/savepoint.ts";
import type { StatementStep } from "../decide/steps.ts";
import type { KeptTransaction } from "./kept-transaction.ts";
import { type RunOptions, runStatements } from "./statements.ts";

/**
 * Runs the steps and undoes them. What fails for another reason than a right is left to the restore itself: it may need
 * what comes later.
 * @throws ServerError (PERMISSION) only when the login may not run one of them.
 */
export async function tryRights(
  transaction: KeptTransaction,
  steps: readonly StatementStep[],
  options: RunOptions,
): Promise<void> {
  if (steps.length === 0) return;
  const { connection } = transaction;
  const silent = {
    ...options,
    onProgress: undefined,
    warn: () => {},
    counter: { ...options.counter },
  };
  // What the server warns of comes when they run.
  await undone(connection, async () => {
    for (const step of steps) {
      await inSavepoint(
        connection,
        () => runStatements(transaction, [step], silent),
        ({ code }) => code !== "PERMISSION",
      );
      // One that failed is no longer run.
      options.running.object = null;
    }
  });
}
