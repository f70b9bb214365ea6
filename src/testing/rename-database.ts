/** Renames a database whose last sessions are still ending. */
import { ServerError } from "../errors.ts";
import { quoteIdent } from "../sql/ident.ts";

/** Sessions take a moment to end after they were terminated. */
const TRIES = 50;
const PAUSE_MS = 20;
/** SQLSTATE object_in_use: other sessions use the database. */
const OBJECT_IN_USE = "55006";

export async function renameDatabase(
  run: (sql: string) => Promise<unknown>,
  from: string,
  to: string,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await run(`ALTER DATABASE ${quoteIdent(from)} RENAME TO ${quoteIdent(to)}`);
      return;
    } catch (error) {
      const isInUse = error instanceof ServerError && error.sqlState === OBJECT_IN_USE;
      if (!isInUse || attempt === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
