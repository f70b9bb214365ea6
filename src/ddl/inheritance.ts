/** Columns of tables that inherit: which of them a table's own CREATE TABLE defines, and which come from its parents. */
import type { ColumnRow } from "../catalog/column.ts";
import type { RelationRow } from "../catalog/relation.ts";
import type { DdlContext } from "./context.ts";
import { type RelationLookup, relationLookup } from "./relation-lookup.ts";

/** Whether a table is created without its parents and attached to them afterwards. */
export function isAttachedLater(relations: RelationLookup, row: RelationRow): boolean {
  return row.isPartition || inheritsByAlter(relations, row);
}

/**
 * Whether ALTER TABLE … INHERIT must give a table its parents: all its columns and constraints are its own (so that
 * statement was used), in an order or with parents that CREATE TABLE … INHERITS does not take.
 */
function inheritsByAlter(relations: RelationLookup, row: RelationRow): boolean {
  if (row.isPartition || !relations.parents.has(row.oid)) return false;
  const columns = relations.columns.get(row.oid) ?? [];
  const constraints = relations.constraints.get(row.oid) ?? [];
  return (
    columns.every(({ isLocal }) => isLocal) &&
    constraints.every(({ isLocal }) => isLocal) &&
    (!isInMergedOrder(relations, row) ||
      columns.some((column) => hasMixedParents(relations, row, column)))
  );
}

/**
 * Tables whose columns get another order in a restore: a parent got a column after they were created. No SQL creates
 * such a table directly, and a restore of pg_dump's script changes the order in the same way. Rows are copied by column
 * name.
 */
export function reorderedTables(context: DdlContext): string[] {
  const relations = relationLookup(context);
  return relations.dumpable
    .filter(
      (row) =>
        relations.parents.has(row.oid) &&
        !isAttachedLater(relations, row) &&
        !isInMergedOrder(relations, row),
    )
    .map((row) => relations.sqlName(row.oid))
    .sort();
}

/** Whether the columns stand in the order that CREATE TABLE … INHERITS gives: the parents' first. */
function isInMergedOrder(relations: RelationLookup, row: RelationRow): boolean {
  const namesOf = (oid: number): string[] =>
    (relations.columns.get(oid) ?? []).map(({ name }) => name);
  const names = namesOf(row.oid);
  const inherited = (relations.parents.get(row.oid) ?? []).flatMap(namesOf);
  const merged = [...new Set([...inherited, ...names])];
  return merged.join("\0") === names.join("\0");
}

/** Whether a column is generated in some of the parents and not in others, which up to 15 INHERIT allows one by one. */
function hasMixedParents(relations: RelationLookup, row: RelationRow, column: ColumnRow): boolean {
  const kinds = parentColumns(relations, row, column).map(({ generated }) => generated !== "");
  return kinds.includes(true) && kinds.includes(false);
}

/** Whether CREATE TABLE defines this column, rather than taking it from a parent. */
export function isDefinedHere(
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): boolean {
  return column.isLocal || isAttachedLater(relations, row);
}

const NONE: readonly ColumnRow[] = [];

/** The same column of the tables that CREATE TABLE … INHERITS names; none where the table is created without them. */
export function inheritedFrom(
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): readonly ColumnRow[] {
  // Called several times for each column, and most tables have no parents.
  if (!relations.parents.has(row.oid) || isAttachedLater(relations, row)) return NONE;
  return parentColumns(relations, row, column);
}

/** The same column of all parents. */
export function parentColumns(
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): ColumnRow[] {
  return (relations.parents.get(row.oid) ?? []).flatMap(
    (parent) => relations.columns.get(parent)?.filter(({ name }) => name === column.name) ?? [],
  );
}
