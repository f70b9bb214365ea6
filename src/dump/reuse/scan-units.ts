/** Asks the server for the identity of a table's units: no value and no TOAST is read. */
import { MismatchError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import { isNameLost, replacedRelation } from "../../pg/relation-names.ts";

/** Names how identities are computed, in the manifest. */
export const UNIT_SCHEME = "tid-hash-xmin-seed";
export const UNIT_SEED = "0";
/** FirstNormalTransactionId (src/include/access/transam.h). */
const FIRST_XID = 3;

/** Consecutive units of a table. */
export interface UnitRange {
  readonly first: number;
  /** Behind the last one. */
  readonly end: number;
}

export interface ScannedUnit {
  readonly rows: number;
  /** Sum of the hashes of the row versions, decimal. */
  readonly identity: string;
  /** Row versions of transactions that had not ended at the earlier archive's snapshot; 0 without one. */
  readonly recent: number;
}

export interface ScanOptions {
  /** The table, as SQL. */
  readonly table: string;
  /** As in `UnitTable`. */
  readonly nameCondition: string;
  readonly label: string;
  /** Heap blocks in a unit. */
  readonly blocks: number;
  /** Number of units of the table. The last one has no upper end. */
  readonly count: number;
  /** The oldest transaction that ran at the earlier archive's snapshot; null without one. */
  readonly oldestRunning: number | null;
}

/** The columns of `answersOf`. */
export interface UnitRow {
  readonly rows: string;
  readonly identity: string;
  readonly recent: string;
}

/** The first `ctid` of a unit, whose number is an SQL expression. */
export function tidOfUnit(unit: string, { blocks }: Pick<ScanOptions, "blocks">): string {
  return `('(' || ${unit}::pg_catalog.int8 * ${blocks} || ',0)')::pg_catalog.tid`;
}

/** What the server answers for the rows of a unit: columns of a query over the table. */
export function answersOf({ oldestRunning }: Pick<ScanOptions, "oldestRunning">): string {
  // A hash of the tid alone with xmin as its seed takes half as long as one of both as a record (measured: 1.5 million rows).
  // xmin has no cast to a number: its distance to a fixed transaction id is one, and stays the same until ids wrap around.
  const xmin = `(SELECT pg_catalog.age('${FIRST_XID}'::pg_catalog.xid)::pg_catalog.int8 + ${UNIT_SEED}) - pg_catalog.age(xmin)`;
  // age() compares the lower halves of transaction ids, and all that matter here are fewer than 2^31 apart.
  const recent =
    oldestRunning === null
      ? "0"
      : `pg_catalog.count(*) FILTER (WHERE pg_catalog.age(xmin) >= 0
           AND pg_catalog.age(xmin) <= (SELECT pg_catalog.age('${oldestRunning}'::pg_catalog.xid)))`;
  return `pg_catalog.count(*) AS rows, ${recent} AS recent,
             COALESCE(pg_catalog.sum(pg_catalog.hashtidextended(ctid, ${xmin})), 0) AS identity`;
}

/** The statement for a range of units. Pure. */
export function scanSql(options: ScanOptions, { first, end }: UnitRange): string {
  const { table, nameCondition, count } = options;
  const part = (
    from: number,
    to: number,
    upper: string,
  ): string => `SELECT u.unit, s.rows, s.identity, s.recent
    FROM pg_catalog.generate_series(${from}, ${to - 1}) AS u(unit)
    CROSS JOIN LATERAL (
      SELECT ${answersOf(options)}
      FROM ONLY ${table} WHERE ${nameCondition} AND ctid >= ${tidOfUnit("u.unit", options)}${upper}) s`;
  const bounded = ` AND ctid < ${tidOfUnit("(u.unit + 1)", options)}`;
  const parts = [
    ...(first < Math.min(end, count - 1) ? [part(first, Math.min(end, count - 1), bounded)] : []),
    ...(end === count ? [part(count - 1, count, "")] : []),
  ];
  return `${parts.join("\nUNION ALL ")}\nORDER BY 1`;
}

/** @throws ServerError or ConnectionError only when the server does not answer. */
export async function scanUnits(
  connection: Connection,
  options: ScanOptions,
  range: UnitRange,
): Promise<ScannedUnit[]> {
  const { label } = options;
  const rows = await askUnits<UnitRow>(connection, scanSql(options, range), label);
  if (rows.length !== range.end - range.first) {
    throw new MismatchError(`the server did not answer for all units`, { object: label });
  }
  return rows.map(scannedUnit);
}

/** The server's rows, each with the columns of `answersOf`. Throws as `scanUnits` does. */
export async function askUnits<Row extends UnitRow>(
  connection: Connection,
  sql: string,
  label: string,
): Promise<Row[]> {
  const context = { action: "compare row versions", object: label };
  return connection.query<Row>(sql, context).catch((error: unknown) => {
    throw isNameLost(error) ? replacedRelation(label, error) : error;
  });
}

export function scannedUnit({ rows, identity, recent }: UnitRow): ScannedUnit {
  return { rows: Number(rows), identity, recent: Number(recent) };
}
