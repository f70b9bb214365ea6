/**
 * Statistics for the planner, so that the first query after the restore has a good plan. A table that the server cannot
 * analyze is no reason for a restore to fail: it computes expressions of indexes and compares values, by whatever functions
 * the database has.
 */
import { ServerError } from "../../errors.ts";
import type { OnProgress } from "../../events.ts";
import type { Connection } from "../../pg/connection.ts";
import { type Warning, warning } from "../../warnings.ts";
import type { RelationName } from "../target/facts.ts";
import { findAnalyzeTargets, findRelations } from "../target/queries.ts";

/** Classes of SQLSTATE that say nothing of the table: cancelled, out of memory or space, deadlock, locked, internal. */
const NOT_OF_TABLE = /^(40|53|55|57|58|XX)/;

/**
 * Looks the tables up only now: the restore may have created them.
 * @returns a warning for each table that the server cannot analyze.
 */
export async function analyze(
  connection: Connection,
  onProgress: OnProgress | undefined,
  tables: readonly RelationName[],
): Promise<Warning[]> {
  if (tables.length === 0) return [];
  onProgress?.({ type: "phase", phase: "analyze" });
  const relations = await findRelations(connection, tables);
  const warnings: Warning[] = [];
  for (const name of await findAnalyzeTargets(connection, relations)) {
    const failed = await analyzeTable(connection, name);
    if (failed !== undefined) warnings.push(failed);
  }
  return warnings;
}

/**
 * Within a transaction, which goes on.
 * @param name quoted.
 * @returns a warning when the server cannot analyze it.
 */
export async function analyzeTable(
  connection: Connection,
  name: string,
): Promise<Warning | undefined> {
  const object = `table ${name}`;
  try {
    await connection.query(
      `SAVEPOINT nexushub_dump; ANALYZE ${name}; RELEASE SAVEPOINT nexushub_dump`,
      { action: `analyze ${name}`, object },
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof ServerError) || NOT_OF_TABLE.test(error.sqlState ?? "XX")) throw error;
    await connection.query("ROLLBACK TO SAVEPOINT nexushub_dump; RELEASE SAVEPOINT nexushub_dump");
    // Not the server's words: a function can put values of rows into them.
    const message = `${object} was not analyzed: the server cannot do it (SQLSTATE ${error.sqlState})`;
    return warning("not-analyzed", object, message);
  }
}
