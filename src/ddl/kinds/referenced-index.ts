/**
 * Of several unique indexes over the same columns, the one that foreign keys refer to. A foreign key takes the oldest
 * that fits (transformFkeyCheckAttrs(), src/backend/commands/tablecmds.c), so this one is created before the others.
 */
import type { IndexRow } from "../../catalog/index-relation.ts";
import type { Catalog } from "../../catalog/read.ts";
import { groupBy } from "../../util/group-by.ts";

/** Gives the referenced index over the columns of an index (which may be that index); undefined where there is none. */
export function referencedIndexes({
  constraints,
  indexes,
}: Catalog): (row: IndexRow) => IndexRow | undefined {
  const candidates = indexes.filter(({ referable }) => referable.length > 0);
  // Most tables have one such index at most.
  const byRelation = groupBy(candidates, ({ relation }) => relation);
  const isAlone = ({ relation }: IndexRow): boolean => (byRelation.get(relation)?.length ?? 0) < 2;
  const byOid = new Map(candidates.map((row) => [row.oid, row]));
  const columnsOf = ({ relation, referable }: IndexRow): string =>
    `${relation} ${[...referable].sort((a, b) => a - b).join()}`;
  const referenced = new Map<string, IndexRow>();
  for (const { type, parent, index } of constraints) {
    const row = type === "f" && parent === 0 ? byOid.get(index) : undefined;
    if (row !== undefined && !isAlone(row)) referenced.set(columnsOf(row), row);
  }
  return (row) => (isAlone(row) ? undefined : referenced.get(columnsOf(row)));
}
