/**
 * Names of foreign keys that others may have when a restore adds them. A key into a partitioned table has a part for each
 * partition there, and PostgreSQL chooses their names (addFkRecurseReferenced(), src/backend/commands/tablecmds.c). A restore
 * adds the keys when all partitions are there, so that a part can get a name which another key had before.
 */
import type { ConstraintRow } from "../../catalog/constraint.ts";
import type { TriggerRow } from "../../catalog/trigger.ts";
import { isChosenForPartition } from "../../sql/chosen-name.ts";
import type { RelationLookup } from "../relation-lookup.ts";
import { freeForeignKeyNameSql } from "../rename-constraint.ts";

/**
 * The statements that free the names of these keys, of a table and its partitions.
 * @param writtenOn the keys that get a statement, by their tables.
 */
export function freeNames(
  relations: RelationLookup,
  writtenOn: ReadonlyMap<number, readonly ConstraintRow[]>,
  keys: readonly ConstraintRow[],
): string[] {
  // By name, as the catalogs have no order of their own.
  return keys
    .filter((key) =>
      (writtenOn.get(key.relation) ?? []).some(
        (neighbor) => neighbor !== key && canTakeName(relations, neighbor, key),
      ),
    )
    .map(({ relation, name }) => freeForeignKeyNameSql(relations.sqlName(relation), name))
    .sort();
}

/** The constraint triggers of its table whose names parts of the key could get: when they are there, PostgreSQL chooses others. */
export function triggersBefore(
  relations: RelationLookup,
  triggersOn: ReadonlyMap<number, readonly TriggerRow[]>,
  key: ConstraintRow,
): TriggerRow[] {
  return (triggersOn.get(key.relation) ?? []).filter(
    (trigger) => trigger.constraint !== 0 && canTakeName(relations, key, trigger),
  );
}

/** Whether a part of its neighbor, a key of the same table, can get the constraint's name. */
function canTakeName(
  { byOid, children, columns }: RelationLookup,
  neighbor: ConstraintRow,
  { name, relation }: { readonly name: string; readonly relation: number },
): boolean {
  if (byOid.get(neighbor.references)?.kind !== "p" || !children.has(neighbor.references))
    return false;
  const names = new Map(columns.get(relation)!.map((column) => [column.number, column.name]));
  const ofNeighbor = neighbor.columns.map((number) => names.get(number)!);
  return isChosenForPartition(name, byOid.get(relation)!.name, ofNeighbor, neighbor.name);
}
