/**
 * Sets the planner statistics of an archive. What the server does not take is no reason for a restore to fail: the tables are then
 * analyzed.
 */
import { ServerError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { PlannedStatistics } from "../decide/statistics.ts";
import { findColumnNumbers } from "../target/column-numbers.ts";
import type { RelationName } from "../target/facts.ts";
import {
  extendedStatisticsStatements,
  withColumnNumbers,
} from "./extended-statistics-statements.ts";
import { statisticsStatements } from "./statistics-statements.ts";

const CONTEXT = { action: "set the planner's statistics" };

/**
 * @param version `server_version_num` of the dumped server; null when it is unknown.
 * @returns the tables and materialized views whose statistics, or those of an index or a statistics object, the server did not
 * take.
 */
export async function restoreStatistics(
  connection: Connection,
  statistics: readonly PlannedStatistics[],
  version: number | null,
): Promise<readonly RelationName[]> {
  const extended = statistics.filter((each) => each.extended.length > 0);
  const numbers = await findColumnNumbers(connection, extended);
  const { numbered, others } = withColumnNumbers(extended, numbers);
  return [
    ...(await setQuietly(connection, statistics, statisticsStatements(statistics, version))),
    ...others,
    ...(await setQuietly(connection, extended, extendedStatisticsStatements(numbered, version))),
  ];
}

/**
 * @param statements each gives the tables whose statistics the server did not take.
 * @returns these tables; all where a statement failed.
 */
async function setQuietly(
  connection: Connection,
  statistics: readonly PlannedStatistics[],
  statements: readonly string[],
): Promise<readonly RelationName[]> {
  if (statements.length === 0) return [];
  // Messages of the server would quote values of rows.
  const quiet = `SELECT pg_catalog.current_setting('client_min_messages') AS level, pg_catalog.set_config('client_min_messages', 'error', true)`;
  await connection.query("SAVEPOINT nexushub_dump");
  try {
    const [before] = await connection.query<{ level: string }>(quiet, CONTEXT);
    const refused: RelationName[] = [];
    for (const sql of statements)
      refused.push(...(await connection.query<RelationName>(sql, CONTEXT)));
    await connection.query(
      `SELECT pg_catalog.set_config('client_min_messages', ${quoteLiteral(before!.level)}, true); RELEASE SAVEPOINT nexushub_dump`,
    );
    return refused;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    await connection.query("ROLLBACK TO SAVEPOINT nexushub_dump; RELEASE SAVEPOINT nexushub_dump");
    return statistics.filter(({ isIndex }) => !isIndex);
  }
}
