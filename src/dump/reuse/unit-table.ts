/** A table as it is copied by units. */
import type { TableUnits } from "./plan-units.ts";
import type { UnitRange } from "./scan-units.ts";

/** A table that is copied by units. */
export interface UnitTable {
  readonly units: TableUnits;
  readonly label: string;
  /** The table, as SQL. */
  readonly name: string;
  /** A condition with which a query over the table fails when the name stands for another relation. */
  readonly nameCondition: string;
  /** The number in the names of its entries. */
  readonly number: number;
  /** COPY of the blocks from `from` on and before `to`; null for no upper end. */
  readonly copySql: (from: number, to: number | null) => string;
}

/** COPY of some units. */
export function copySqlOf(
  { units: { blocks, count }, copySql }: UnitTable,
  { first, end }: UnitRange,
): string {
  return copySql(first * blocks, end === count ? null : end * blocks);
}
