/** CHECK constraints of tables: inside CREATE TABLE, or after the data when they are not valid or call users' functions. */
import { address, CATALOG } from "../../catalog/address.ts";
import type { ConstraintRow } from "../../catalog/constraint.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { constraintObject } from "../constraint-object.ts";
import type { DdlContext } from "../context.ts";
import { type DumpableObject, unguarded } from "../dumpable-object.ts";
import { lateChecks } from "../late-checks.ts";
import { notValid } from "../not-valid.ts";
import { type RelationLookup, relationLookup } from "../relation-lookup.ts";
import { FEATURE } from "../server-features.ts";

/** One object for each CHECK, inside its table unless it is not valid or the plan takes it out. */
export function checkConstraints(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  return context.catalog.constraints
    .filter(
      ({ type, relation, oid }) =>
        type === "c" && relations.isDumpedOn(relation, address(CATALOG.constraint, oid)),
    )
    .map((constraint) => checkObject(context, relations, constraint));
}

function checkObject(
  context: DdlContext,
  relations: RelationLookup,
  constraint: ConstraintRow,
): DumpableObject {
  const row = relations.byOid.get(constraint.relation)!;
  const common = constraintObject(context, relations, constraint);
  const name = quoteIdent(constraint.name);
  const alter = `ALTER ${row.kind === "f" ? "FOREIGN " : ""}TABLE ${relations.sqlName(row.oid)}`;
  const above = hasStatement(row, constraint)
    ? []
    : ofSameName(relations, relations.parents.get(row.oid), constraint);
  const below = ofSameName(relations, relations.children.get(row.oid), constraint);
  const isLate = lateChecks(context).has(constraint.oid);
  const { isPostData, isValidatedLater, requires } = notValid(constraint, above, below);
  return {
    kind: "check-constraint",
    section: isPostData || isLate ? "post-data" : "pre-data",
    // A parent's constraint is merged into those of its partitions; the other way round is an error.
    late: isLate ? depth(relations, row.oid) : undefined,
    requires: [
      common.parent,
      ...requires,
      ...(isLate ? above.map(({ oid }) => address(CATALOG.constraint, oid)) : []),
    ],
    inline: isPostData || isLate ? undefined : common.parent,
    features:
      !constraint.isEnforced && hasStatement(row, constraint) ? [FEATURE.notEnforced] : undefined,
    sql: (guard = unguarded) => {
      if (isValidatedLater) return [`${alter} VALIDATE CONSTRAINT ${name}`];
      if (!hasStatement(row, constraint) || isInline(context, relations, row, constraint))
        return [];
      return [guard(`${alter}\n    ADD CONSTRAINT ${name} ${constraint.definition}`)];
    },
    ...common,
  };
}

/** `CONSTRAINT … CHECK (…)` elements of CREATE TABLE, by name. */
export function inlineConstraints(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
): string[] {
  return (relations.constraints.get(row.oid) ?? [])
    .filter(
      (constraint) => constraint.type === "c" && isInline(context, relations, row, constraint),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, definition }) => `CONSTRAINT ${quoteIdent(name)} ${definition}`);
}

/**
 * Whether the constraint is written at all: an inherited one comes with the parent's. A partition is created alone, and
 * so with its constraints, but one that is not valid is added to the parent after the attachment, and to its partitions
 * by that.
 */
function hasStatement(row: RelationRow, constraint: ConstraintRow): boolean {
  return constraint.isLocal || (row.isPartition && constraint.isValidated);
}

function isInline(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  constraint: ConstraintRow,
): boolean {
  return (
    relations.isDumped(row.oid) &&
    hasStatement(row, constraint) &&
    constraint.isValidated &&
    !lateChecks(context).has(constraint.oid) &&
    !context.separate.has(address(CATALOG.constraint, constraint.oid))
  );
}

/** How many tables a table is below, on the longest way. */
function depth(relations: RelationLookup, oid: number): number {
  const depths = (relations.parents.get(oid) ?? []).map((parent) => depth(relations, parent));
  return depths.length === 0 ? 0 : 1 + Math.max(...depths);
}

/** The CHECK of the same name on each of these tables. */
function ofSameName(
  { constraints }: RelationLookup,
  tables: readonly number[] | undefined,
  constraint: ConstraintRow,
): ConstraintRow[] {
  return (tables ?? []).flatMap(
    (oid) =>
      constraints.get(oid)?.filter(({ type, name }) => type === "c" && name === constraint.name) ??
      [],
  );
}
