/**
 * Partitions and their indexes whose partitioned table or index is not dumped: they are created alone, and attached last and only
 * where the target has it. Attached earlier, the partition would get the indexes that are yet to be created.
 */
import { ifRelationExists } from "../ddl/conditional-statement.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";

export function attachedLast(selected: readonly DumpableObject[]): DumpableObject[] {
  const ids = new Set(selected.map(({ id }) => id));
  return selected.map((object) => {
    const { attachesTo } = object;
    if (attachesTo === undefined || ids.has(attachesTo.id)) return object;
    const sql = (): string[] => [ifRelationExists(attachesTo.name, object.sql())];
    return { ...object, section: "post-data", late: 0, sql };
  });
}
