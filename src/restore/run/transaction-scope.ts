/** The transaction around a restore: its own, or one that the caller began on an open client. */
import { UsageError } from "../../errors.ts";
import type { OnProgress } from "../../events.ts";
import type { Connection } from "../../pg/connection.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { KeptTransaction } from "./kept-transaction.ts";
import { CHANGED_SETTINGS, SUPERUSER_SETTINGS } from "../decide/session-settings.ts";

export interface TransactionOptions<Result> {
  /** Roll back in the end. */
  readonly dryRun: boolean;
  /** Default: READ COMMITTED. */
  readonly isolation?: "READ COMMITTED" | "REPEATABLE READ";
  readonly onProgress: OnProgress | undefined;
  /** Runs once the transaction is committed, and must not fail. */
  readonly afterCommit?: (result: Result) => Promise<void>;
}

/** Runs `body` in a transaction whose kind does not depend on the login's defaults. */
export async function inOwnTransaction<T>(
  connection: Connection,
  { dryRun, isolation = "READ COMMITTED", onProgress, afterCommit }: TransactionOptions<T>,
  body: (transaction: KeptTransaction) => Promise<T>,
): Promise<T> {
  await connection.query(`BEGIN ISOLATION LEVEL ${isolation} READ WRITE`, {
    action: `write to ${connection.label}`,
    hint: "a standby takes no restore: connect to the primary server",
  });
  const transaction = new KeptTransaction(connection);
  let result: T;
  try {
    result = await body(transaction);
    onProgress?.({ type: "phase", phase: "commit" });
  } catch (error) {
    throw await transaction.afterFailure(error);
  }
  await transaction.end(dryRun ? "ROLLBACK" : "COMMIT");
  if (!dryRun) await afterCommit?.(result);
  onProgress?.({ type: "phase", phase: "finish" });
  return result;
}

/**
 * Runs `body` inside the caller's transaction, and sets its settings back afterwards. Without a savepoint around it:
 * rows could not be frozen then, and after a failure the transaction is the caller's to roll back.
 * @throws UsageError when the client is not in a transaction, or in a failed one.
 */
export async function inCallersTransaction<T>(
  connection: Connection,
  body: (transaction: KeptTransaction) => Promise<T>,
): Promise<T> {
  try {
    // Allowed in a transaction block only, and leaves no trace in it.
    await connection.query("SAVEPOINT nexushub_dump");
    await connection.query("RELEASE nexushub_dump");
  } catch (cause) {
    throw new UsageError("the client is not inside a transaction that can go on", {
      hint: "begin one before the restore, and commit or roll it back after",
      cause,
    });
  }
  const setBack = await currentSettings(connection);
  const result = await body(new KeptTransaction(connection));
  await connection.query(setBack);
  return result;
}

/** A statement that sets the transaction's settings back to what they are now. */
async function currentSettings(connection: Connection): Promise<string> {
  const list = (names: readonly string[]): string => names.map(quoteLiteral).join(", ");
  const rows = await connection.query<{ name: string; value: string | null }>(
    `SELECT n.name, pg_catalog.current_setting(n.name, true) AS value
     FROM pg_catalog.unnest(ARRAY[${list(CHANGED_SETTINGS)}]) AS n (name)
     -- Only superusers may change some, and their restores alone do.
     WHERE pg_catalog.current_setting('is_superuser') = 'on'
        OR n.name NOT IN (${list(SUPERUSER_SETTINGS)})`,
  );
  const calls = rows.flatMap(({ name, value }) =>
    value === null
      ? []
      : [`pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true)`],
  );
  return `SELECT ${calls.join(", ")}`;
}
