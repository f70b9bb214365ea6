/** Statements of keys and exclusion constraints; the objects are those of their indexes (index-relation.ts). */
import type { ConstraintRow } from "../../catalog/constraint.ts";
import type { IndexRow } from "../../catalog/index-relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { storageOptions } from "../../sql/storage-options.ts";
import type { DdlContext } from "../context.ts";
import { indexLookup } from "../index-lookup.ts";
import { relationLookup } from "../relation-lookup.ts";
import { renameConstraintSql } from "../rename-constraint.ts";

/**
 * Whether the partitioned table's constraint creates that of this partition: indexes of exclusion constraints can't be
 * attached to each other (CompareIndexInfo(), src/backend/catalog/index.c).
 */
export function isCreatedByParent(context: DdlContext, row: IndexRow): boolean {
  const { constraintOf, parentOf } = indexLookup(context);
  return constraintOf(row)?.byExclusion === true && parentOf(row) !== undefined;
}

export function addConstraint(
  context: DdlContext,
  row: IndexRow,
  constraint: ConstraintRow,
): string {
  const table = relationLookup(context).sqlName(row.relation);
  // Without ONLY, so that it reaches the partitions, whose indexes are not attached.
  const only = constraint.byExclusion && row.isPartitioned ? "" : "ONLY ";
  return `ALTER TABLE ${only}${table}\n    ADD CONSTRAINT ${quoteIdent(constraint.name)} ${definition(constraint, row)}`;
}

/** The definition with the storage parameters of the index, which `pg_get_constraintdef` leaves out. */
function definition(constraint: ConstraintRow, index: IndexRow): string {
  // It writes those of exclusion constraints (pg_get_constraintdef_worker(), src/backend/utils/adt/ruleutils.c).
  if (index.options === null || constraint.type === "x") return constraint.definition;
  const tail = constraint.deferred
    ? " DEFERRABLE INITIALLY DEFERRED"
    : constraint.deferrable
      ? " DEFERRABLE"
      : "";
  const head = constraint.definition.slice(0, constraint.definition.length - tail.length);
  return `${head} WITH (${storageOptions(index.options)})${tail}`;
}

/** Gives the constraint that `parent` created on a partition its own name, in place of the one that the server chose. */
export function renameConstraint(context: DdlContext, row: IndexRow, parent: IndexRow): string {
  const { constraintOf } = indexLookup(context);
  return renameConstraintSql(
    relationLookup(context).sqlName(row.relation),
    constraintOf(parent)!.name,
    constraintOf(row)!.name,
  );
}
