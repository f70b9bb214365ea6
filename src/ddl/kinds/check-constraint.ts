/** CHECK constraints of tables: inside CREATE TABLE, or after the data when they were never validated. */
import { address, CATALOG } from "../../catalog/address.ts";
import type { ConstraintRow } from "../../catalog/constraint.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { constraintObject } from "../constraint-object.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { type RelationLookup, relationLookup } from "../relation-lookup.ts";
import { notValid } from "../not-valid.ts";
import { FEATURE } from "../server-features.ts";

/**
 * Whether the constraint is written at all: an inherited one comes with the parent, but partitions are made alone.
 * What was never validated is added to the parent after the attachment, and then comes to its partitions.
 */
function isWritten(row: RelationRow, constraint: ConstraintRow): boolean {
  return constraint.isLocal || (row.isPartition && constraint.isValidated);
}

/** The constraint of the same name on each of these tables. */
function constraintsOfSameName(
  index: RelationLookup,
  relations: readonly number[] | undefined,
  co: ConstraintRow,
): ConstraintRow[] {
  return (relations ?? []).flatMap(
    (oid) =>
      index.constraints.get(oid)?.filter(({ type, name }) => type === "c" && name === co.name) ??
      [],
  );
}

function isInside(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
  co: ConstraintRow,
): boolean {
  return (
    index.isDumped(row.oid) &&
    isWritten(row, co) &&
    co.isValidated &&
    !context.separate.has(address(CATALOG.constraint, co.oid))
  );
}

function checksOf(index: RelationLookup, row: RelationRow): ConstraintRow[] {
  return (index.constraints.get(row.oid) ?? [])
    .filter((co) => co.type === "c")
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `CONSTRAINT … CHECK (…)` elements of CREATE TABLE, by name. */
export function inlineConstraints(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
): string[] {
  return checksOf(index, row)
    .filter((co) => isInside(context, index, row, co))
    .map((co) => `CONSTRAINT ${quoteIdent(co.name)} ${co.definition}`);
}

/** One piece for each CHECK: inside its table unless the plan or its state says otherwise. */
export function checkConstraints(context: DdlContext): DumpableObject[] {
  const index = relationLookup(context);
  return context.catalog.constraints
    .filter(
      (co) => co.type === "c" && index.carries(co.relation, address(CATALOG.constraint, co.oid)),
    )
    .map((co): DumpableObject => {
      const row = index.byOid.get(co.relation)!;
      const common = constraintObject(context, index, co);
      const table = index.sqlName(row.oid);
      const name = quoteIdent(co.name);
      const alter = `ALTER ${row.kind === "f" ? "FOREIGN " : ""}TABLE ${table}`;
      const above = isWritten(row, co)
        ? []
        : constraintsOfSameName(index, index.parents.get(row.oid), co);
      const below = constraintsOfSameName(index, index.children.get(row.oid), co);
      const { isPostData, isValidatedLater, requires } = notValid(co, above, below);
      return {
        kind: "check-constraint",
        section: isPostData ? "post-data" : "pre-data",
        requires: [common.parent, ...requires],
        inline: isPostData ? undefined : common.parent,
        features: co.isEnforced ? undefined : [FEATURE.notEnforced],
        sql: () => {
          if (isValidatedLater) return [`${alter} VALIDATE CONSTRAINT ${name}`];
          if (isInside(context, index, row, co) || !isWritten(row, co)) return [];
          return [`${alter}\n    ADD CONSTRAINT ${name} ${co.definition}`];
        },
        ...common,
      };
    });
}
