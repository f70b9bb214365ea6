/** Tries statements that stand behind the rows of a plain dump before them, so that a missing right does not end hours of loading. */
import type { ErrorContext } from "../../pg/server-error.ts";
import { inSavepoint, undone } from "../../pg/savepoint.ts";
import type { KeptTransaction } from "../../restore/run/kept-transaction.ts";
import { decodeStatement } from "../read/encoding.ts";
import type { WalkedStatement } from "../read/walk.ts";
import { statementContext } from "./statement-context.ts";

/** A statement as it is run. */
export interface TriedStatement {
  readonly sql: string;
  readonly context: ErrorContext & { readonly object: string };
}

/** Kinds that an ordinary owner may not create; pg_dump writes them after the rows. */
const KINDS: ReadonlySet<string> = new Set(["event-trigger", "publication", "subscription"]);

/** Statements that are kept to be tried: more say nothing new. */
const MOST = 1000;

/** Those of the dump whose rights may be missing. */
export class StatementsToTry {
  readonly statements: TriedStatement[] = [];

  add(walked: WalkedStatement): void {
    const { facts, statement, encoding } = walked;
    if (facts.does !== "create" || !KINDS.has(facts.object.kind)) return;
    if (this.statements.length === MOST) return;
    const sql = decodeStatement(statement.bytes, encoding, statement.line);
    this.statements.push({ sql, context: statementContext(walked, sql, undefined) });
  }
}

/**
 * Runs the statements and undoes them. The server looks at rights first; what fails for another reason may need what the dump
 * creates.
 * @throws ServerError (PERMISSION) only when the login may not run one of them.
 */
export async function tryRights(
  transaction: KeptTransaction,
  statements: readonly TriedStatement[],
): Promise<void> {
  if (statements.length === 0) return;
  const { connection } = transaction;
  await undone(connection, async () => {
    for (const { sql, context } of statements)
      await inSavepoint(
        connection,
        () => transaction.runOfArchive(sql, context),
        ({ code }) => code !== "PERMISSION",
      );
  });
}
