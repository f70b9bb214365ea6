/** Work within a transaction that goes on when the work fails. */
import { ServerError } from "../errors.ts";
import type { Connection } from "./connection.ts";

/**
 * Does the work in a savepoint, and undoes it where it fails with an error that is tolerated.
 * @returns that error; null when nothing failed.
 * @throws every other error, with the savepoint left open.
 */
export async function inSavepoint(
  { query }: Pick<Connection, "query">,
  work: () => Promise<void>,
  isTolerated: (error: ServerError) => boolean,
): Promise<ServerError | null> {
  await query("SAVEPOINT nexushub_dump");
  try {
    await work();
    await query("RELEASE nexushub_dump");
    return null;
  } catch (error) {
    if (!(error instanceof ServerError) || !isTolerated(error)) throw error;
    await query("ROLLBACK TO nexushub_dump; RELEASE nexushub_dump");
    return error;
  }
}

/** Does the work, without warnings of the server, and undoes it. Rows are frozen only where no savepoint is open afterwards. */
export async function undone(
  { query }: Pick<Connection, "query">,
  work: () => Promise<void>,
): Promise<void> {
  await query("SAVEPOINT nexushub_dump_undone; SET LOCAL client_min_messages = error");
  await work();
  await query("ROLLBACK TO nexushub_dump_undone; RELEASE nexushub_dump_undone");
}
