/**
 * Asks the server for the identity of all units of a table in one scan. A scan of the whole table passes through a few buffers,
 * while one of a range of blocks passes through all of the server's: it throws out what other sessions use, and a new session has to
 * map each of them first, which takes longer than the rest (measured: 389 MB, 128 MB of buffers, 0.9 instead of 1.6 s of CPU).
 */
import { MismatchError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import type { TableUnits } from "./plan-units.ts";
import {
  answersOf,
  askUnits,
  type ScannedUnit,
  scannedUnit,
  type ScanOptions,
  tidOfUnit,
  type UnitRow,
} from "./scan-units.ts";

/** Units that the server counts at once: their groups take 1 MiB of its memory, which is within any `work_mem`. */
const MAX_UNITS = 8192;

/**
 * For the transaction that scans. The server takes each row for a group of its own and could sort them; the few that there
 * are fit in a hash table.
 */
export const WHOLE_SCAN_SETTINGS = "SET LOCAL enable_hashagg = on; SET LOCAL enable_sort = off";

/**
 * Whether one scan answers for all units of a table. Where nothing is compared, all of them are read: better each range
 * while it is in memory.
 */
export function isComparedWhole({
  count,
  earlier,
}: Pick<TableUnits, "count" | "earlier">): boolean {
  return earlier !== null && count > 1 && count <= MAX_UNITS;
}

/** The statement for all units; those without rows are missing in its answer. Pure. */
export function wholeScanSql(options: ScanOptions): string {
  const { table, nameCondition, count } = options;
  const borders = `(SELECT pg_catalog.array_agg(${tidOfUnit("u.unit", options)} ORDER BY u.unit)
      FROM pg_catalog.generate_series(1, ${count - 1}) AS u(unit))`;
  return `SELECT pg_catalog.width_bucket(ctid, ${borders}) AS unit, ${answersOf(options)}
    FROM ONLY ${table} WHERE ${nameCondition} GROUP BY 1`;
}

/**
 * @returns all units, in their order.
 * @throws ServerError or ConnectionError only when the server does not answer.
 */
export async function scanWhole(
  connection: Connection,
  options: ScanOptions,
): Promise<ScannedUnit[]> {
  const { label, count } = options;
  type Row = UnitRow & { readonly unit: number };
  const rows = await askUnits<Row>(connection, wholeScanSql(options), label);
  const units: ScannedUnit[] = Array.from({ length: count }, () => EMPTY);
  for (const { unit, ...answer } of rows) {
    if (units[unit] !== EMPTY)
      throw new MismatchError("the server did not answer once for each unit", { object: label });
    units[unit] = scannedUnit(answer);
  }
  return units;
}

const EMPTY: ScannedUnit = { rows: 0, identity: "0", recent: 0 };
