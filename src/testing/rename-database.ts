/** Renaming a database whose last sessions are still ending. */
import { quoteIdent } from "../sql/ident.ts";

/** Sessions take a moment to end after they were told to. */
const RENAME_TRIES = 50;

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
      // 55006: being accessed by other users.
      if ((error as { sqlState?: string }).sqlState !== "55006" || attempt === RENAME_TRIES)
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
