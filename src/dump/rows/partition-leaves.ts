/** The tables that hold the rows of a partitioned table. */
import type { Catalog } from "../../catalog/read.ts";

/** The table itself, or all partitions below it that hold rows, as oids. */
export function leavesOf(catalog: Catalog, oid: number): number[] {
  const row = catalog.relations.find((relation) => relation.oid === oid);
  if (row?.kind !== "p") return [oid];
  return catalog.inherits
    .filter(({ parent }) => parent === oid)
    .flatMap(({ child }) => leavesOf(catalog, child));
}
