/**
 * Statistics for the planner, so that the first query after the restore has a good plan. A table that the server cannot
 * analyze is no reason for a restore to fail: it computes expressions of indexes and compares values, by whatever functions
 * the database has.
 */
import { ServerError } from "../../errors.ts";
import type { OnProgress } from "../../events.ts";
import type { Connection } from "../../pg/connection.ts";
import { type Warning, warning } from "../../warnings.ts";
import { findAnalyzeTargets, type RestoredTable } from "../target/analyze-targets.ts";

export interface AnalyzeOptions {
  readonly onProgress: OnProgress | undefined;
  /** Receives a warning for each table that the server cannot analyze. */
  readonly warn: (warning: Warning) => void;
}

/** Classes of SQLSTATE that say nothing of the table: cancelled, out of memory or space, deadlock, locked, internal. */
const NOT_OF_TABLE = /^(40|53|55|57|58|XX)/;

/** Within a transaction, which goes on. */
export async function analyze(
  connection: Connection,
  tables: readonly RestoredTable[],
  { onProgress, warn }: AnalyzeOptions,
): Promise<void> {
  if (tables.length === 0) return;
  onProgress?.({ type: "phase", phase: "analyze" });
  for (const { name } of await findAnalyzeTargets(connection, tables))
    await analyzeTable(connection, name, warn);
}

/**
 * Within a transaction, which goes on.
 * @param name quoted.
 * @param warn called when the server cannot analyze it.
 */
export async function analyzeTable(
  connection: Connection,
  name: string,
  warn: AnalyzeOptions["warn"],
): Promise<void> {
  const object = `table ${name}`;
  try {
    await connection.query(
      `SAVEPOINT nexushub_dump; ANALYZE ${name}; RELEASE SAVEPOINT nexushub_dump`,
      { action: `analyze ${name}`, object },
    );
  } catch (error) {
    if (!(error instanceof ServerError) || NOT_OF_TABLE.test(error.sqlState ?? "XX")) throw error;
    await connection.query("ROLLBACK TO SAVEPOINT nexushub_dump; RELEASE SAVEPOINT nexushub_dump");
    warn(notAnalyzed(object, error.sqlState));
  }
}

/** Without the server's words: a function can put values of rows into them. */
export function notAnalyzed(object: string, sqlState: string | undefined): Warning {
  const message = `${object} was not analyzed: the server cannot do it (SQLSTATE ${sqlState ?? "unknown"})`;
  return warning("not-analyzed", object, message);
}
