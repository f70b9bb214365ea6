/**
 * NOT NULL of a column: a mere flag up to PostgreSQL 17, a constraint with a name, inheritance and validity in 18
 * (`contype` n). Names are written only where they are not the one that PostgreSQL would choose.
 */
import type { ColumnRow } from "../../catalog/column.ts";
import type { ConstraintRow } from "../../catalog/constraint.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { constraintObject } from "../constraint-object.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import {
  inheritedFrom,
  isMadeAlone,
  type RelationLookup,
  relationLookup,
} from "../relation-lookup.ts";
import { notValid } from "../not-valid.ts";

function constraintOf(
  index: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): ConstraintRow | undefined {
  return index.constraints
    .get(row.oid)
    ?.find((co) => co.type === "n" && co.columns[0] === column.number);
}

/** `NOT NULL` as CREATE TABLE says it of this column, or null where it is inherited, separate or absent. */
export function notNull(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): string | null {
  const isGiven = (): boolean => inheritedFrom(index, row, column).some((theirs) => theirs.notNull);
  if (context.catalog.version.major < 18) return column.notNull && !isGiven() ? "NOT NULL" : null;
  const constraint = constraintOf(index, row, column);
  if (constraint === undefined || !constraint.isValidated) return null;
  if (!constraint.isLocal && !isMadeAlone(index, row)) return null;
  const isNormalized = context.options.reproducible === true;
  // A partition's constraint takes its parent's name; up to 17 there was none to keep.
  const inherited = isNormalized && row.isPartition && !constraint.isLocal;
  const isDefault =
    constraint.name === `${row.name}_${column.name}_not_null` && !index.isNameShared(constraint);
  const plain = (isDefault || inherited) && !index.isCommented(constraint.oid);
  // Nor was there a NOT NULL of a table's own beside the one that its parent gives.
  if (isNormalized && plain && isGiven()) return null;
  return [
    ...(plain ? [] : [`CONSTRAINT ${quoteIdent(constraint.name)}`]),
    "NOT NULL",
    ...(constraint.noInherit ? ["NO INHERIT"] : []),
  ].join(" ");
}

/** Whether CREATE TABLE says this of a column that it does not spell out: 18 can, up to 17 it takes an ALTER TABLE. */
export function isInTableForm(context: DdlContext, constraint: string): boolean {
  if (context.catalog.version.major < 18) return false;
  return context.options.reproducible !== true || constraint !== "NOT NULL";
}

/** Whether only a parent is NOT NULL, which CREATE TABLE … INHERITS passes on; 18 has NO INHERIT for it. */
export function isNullableChild(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): boolean {
  if (context.catalog.version.major >= 18 || column.notNull) return false;
  return inheritedFrom(index, row, column).some((theirs) => theirs.notNull);
}

/** Anchors for comments, and the constraints that exist but were not validated. */
export function notNullConstraints(context: DdlContext): DumpableObject[] {
  const index = relationLookup(context);
  /** The constraint of the same column on each of these tables. */
  const constraintsOfSameName = (
    relations: readonly number[] | undefined,
    co: ConstraintRow,
  ): ConstraintRow[] => {
    const column = index.columns.get(co.relation)?.find((it) => it.number === co.columns[0]);
    return (relations ?? []).flatMap((oid) => {
      const number = index.columns.get(oid)?.find((it) => it.name === column?.name)?.number;
      const found = index.constraints.get(oid)?.filter((it) => it.type === "n") ?? [];
      return found.filter((it) => it.columns[0] === number);
    });
  };
  return context.catalog.constraints
    .filter((co) => co.type === "n" && index.isDumped(co.relation))
    .map((co) => {
      const row = index.byOid.get(co.relation)!;
      const table = index.sqlName(co.relation);
      const name = quoteIdent(co.name);
      const isWritten = co.isLocal || isMadeAlone(index, row);
      const above = isWritten ? [] : constraintsOfSameName(index.parents.get(co.relation), co);
      const below = constraintsOfSameName(index.children.get(co.relation), co);
      const { isPostData, isValidatedLater, requires } = notValid(co, above, below);
      const common = constraintObject(context, index, co);
      return {
        kind: "check-constraint",
        section: isPostData ? "post-data" : "pre-data",
        requires: [common.parent, ...requires],
        sql: () => {
          if (isValidatedLater) return [`ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`];
          if (co.isValidated || !co.isLocal) return [];
          return [`ALTER TABLE ${table}\n    ADD CONSTRAINT ${name} ${co.definition}`];
        },
        ...common,
      };
    });
}
