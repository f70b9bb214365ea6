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
  isSpelledOut,
  type RelationLookup,
  relationLookup,
} from "../relation-lookup.ts";
import { notValid } from "../not-valid.ts";
import { FEATURE, notNullNames, type ServerFeature } from "../server-features.ts";

function constraintOf(
  index: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): ConstraintRow | undefined {
  return index.constraints
    .get(row.oid)
    ?.find((co) => co.type === "n" && co.columns[0] === column.number);
}

/** A NOT NULL that CREATE TABLE says. */
interface NotNull {
  /** Null where PostgreSQL chooses the same by itself. */
  readonly name: string | null;
  readonly noInherit: boolean;
}

const PLAIN: NotNull = { name: null, noInherit: false };

/** The NOT NULL that CREATE TABLE says of a column; null where it is inherited, comes later or is absent. */
function writtenNotNull(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): NotNull | null {
  const isGiven = (): boolean => inheritedFrom(index, row, column).some((theirs) => theirs.notNull);
  if (context.catalog.version.major < 18) return column.notNull && !isGiven() ? PLAIN : null;
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
  if (plain) return constraint.noInherit ? { name: null, noInherit: true } : PLAIN;
  return { name: constraint.name, noInherit: constraint.noInherit };
}

function notNullText({ name, noInherit }: NotNull, column: string): string {
  const constraint = name === null ? "" : `CONSTRAINT ${quoteIdent(name)} `;
  return `${constraint}NOT NULL${column}${noInherit ? " NO INHERIT" : ""}`;
}

/** Whether CREATE TABLE says this of a column that it does not spell out: 18 can, up to 17 it takes an ALTER TABLE. */
function isInTableForm({ catalog, options }: DdlContext, constraint: NotNull): boolean {
  if (catalog.version.major < 18) return false;
  return options.reproducible !== true || constraint.name !== null || constraint.noInherit;
}

/** `NOT NULL` behind the column in CREATE TABLE; null where there is none. */
export function columnNotNull(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): string | null {
  const constraint = writtenNotNull(context, index, row, column);
  return constraint === null ? null : notNullText(constraint, "");
}

/** `NOT NULL column` in CREATE TABLE, for a column that comes from a parent; null where there is none. */
export function tableNotNull(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): string | null {
  const constraint = writtenNotNull(context, index, row, column);
  if (constraint === null || !isInTableForm(context, constraint)) return null;
  return notNullText(constraint, ` ${quoteIdent(column.name)}`);
}

/** Whether a column that comes from a parent is set NOT NULL after CREATE TABLE. */
export function isSetNotNull(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): boolean {
  const constraint = writtenNotNull(context, index, row, column);
  return constraint !== null && !isInTableForm(context, constraint);
}

/** What the NOT NULL in CREATE TABLE needs of a server. */
export function notNullFeatures(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
): ServerFeature[] {
  if (context.catalog.version.major < 18) return [];
  let isConstraint = false;
  const names: string[] = [];
  for (const column of index.columns.get(row.oid) ?? []) {
    const constraint = column.notNull ? writtenNotNull(context, index, row, column) : null;
    if (constraint === null) continue;
    const isInherited = row.ofType === null && !isSpelledOut(index, row, column);
    isConstraint ||= constraint.noInherit || (isInherited && isInTableForm(context, constraint));
    if (constraint.name !== null) names.push(quoteIdent(constraint.name));
  }
  return [
    ...(isConstraint ? [FEATURE.notNullConstraint] : []),
    ...(names.length === 0 ? [] : [notNullNames(names, 18)]),
  ];
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
        features:
          isValidatedLater || (!co.isValidated && co.isLocal)
            ? [FEATURE.notNullConstraint]
            : undefined,
        commentFeatures: [FEATURE.notNullComment],
        sql: () => {
          if (isValidatedLater) return [`ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`];
          if (co.isValidated || !co.isLocal) return [];
          return [`ALTER TABLE ${table}\n    ADD CONSTRAINT ${name} ${co.definition}`];
        },
        ...common,
      };
    });
}
