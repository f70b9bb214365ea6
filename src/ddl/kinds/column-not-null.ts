/**
 * NOT NULL of columns: a flag up to PostgreSQL 17, in 18 a constraint with a name, inheritance and validity (`contype`
 * n). Names are written only where PostgreSQL would not choose the same.
 */
import type { ColumnRow } from "../../catalog/column.ts";
import type { ConstraintRow } from "../../catalog/constraint.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { isChosenName } from "../../sql/chosen-name.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { isNameTaken } from "../constraint-names.ts";
import type { DdlContext } from "../context.ts";
import { inheritedFrom, isDefinedHere, parentColumns } from "../inheritance.ts";
import type { RelationLookup } from "../relation-lookup.ts";
import { FEATURE, notNullNames, type ServerFeature } from "../server-features.ts";
import { keyBefore } from "./key-not-null.ts";
import { makeNoInherit } from "./partitioned-not-null.ts";
import { hasOwnText, isMadeOwn, isRestoredValid } from "./not-null.ts";

/** A NOT NULL of CREATE TABLE. */
interface NotNull {
  /** Null where PostgreSQL chooses the same name. */
  readonly name: string | null;
  readonly noInherit: NoInherit | null;
}

/** What makes it NO INHERIT: CREATE TABLE, an ALTER CONSTRAINT behind it, or one after the primary key (`keyBefore()`). */
type NoInherit = "create" | "alter" | "after-key";

const PLAIN: NotNull = { name: null, noInherit: null };

/** `NOT NULL` behind a column in CREATE TABLE; null where there is none. */
export function columnNotNull(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): string | null {
  const notNull = writtenNotNull(context, relations, row, column);
  return notNull === null ? null : notNullText(notNull, "");
}

/** `NOT NULL column` in CREATE TABLE, for a column that comes from a parent; null where there is none. */
export function tableNotNull(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): string | null {
  const notNull = writtenNotNull(context, relations, row, column);
  if (notNull === null || !hasTableForm(context, notNull)) return null;
  return notNullText(notNull, ` ${quoteIdent(column.name)}`);
}

/** Whether a column that comes from a parent is set NOT NULL after CREATE TABLE. */
export function isSetNotNull(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): boolean {
  const notNull = writtenNotNull(context, relations, row, column);
  return notNull !== null && !hasTableForm(context, notNull);
}

/** Requirements of the NOT NULL constraints in CREATE TABLE. */
export function notNullFeatures(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
): ServerFeature[] {
  if (context.catalog.version.major < 18) return [];
  let isConstraint = false;
  const names: string[] = [];
  for (const column of relations.columns.get(row.oid) ?? []) {
    const notNull = column.notNull ? writtenNotNull(context, relations, row, column) : null;
    if (notNull === null) continue;
    const isInherited = row.ofType === null && !isDefinedHere(relations, row, column);
    isConstraint ||=
      notNull.noInherit === "create" ||
      notNull.noInherit === "alter" ||
      (isInherited && hasTableForm(context, notNull));
    if (notNull.name !== null) names.push(quoteIdent(notNull.name));
  }
  return [
    ...(isConstraint ? [FEATURE.notNullConstraint] : []),
    ...(names.length === 0 ? [] : [notNullNames(names, 18)]),
  ];
}

/**
 * Whether a parent is NOT NULL and the table is not, although CREATE TABLE … INHERITS passes it on: up to 17. 18 has NO
 * INHERIT for that.
 */
export function isNullableChild(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): boolean {
  if (context.catalog.version.major >= 18 || column.notNull) return false;
  return inheritedFrom(relations, row, column).some(({ notNull }) => notNull);
}

/** Whether a NOT NULL that comes from a parent is restored as the column's own. */
export function isNotNullMadeOwn(relations: RelationLookup, column: ColumnRow): boolean {
  const constraint = column.notNull ? constraintOfColumn(relations, column) : undefined;
  return constraint !== undefined && isMadeOwn(relations, constraint);
}

/** The NOT NULL that CREATE TABLE gives a column; null where it is inherited, comes later or does not exist. */
function writtenNotNull(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): NotNull | null {
  const isInherited = (): boolean =>
    inheritedFrom(relations, row, column).some(({ notNull }) => notNull);
  // Up to 17 nothing records whether a table's NOT NULL is its own as well as its parent's. It stays when that of the
  // parent is dropped, as in 18 one of its own does.
  if (context.catalog.version.major < 18)
    return column.notNull && (column.isLocal || !isInherited()) ? PLAIN : null;
  const constraint = constraintOfColumn(relations, column);
  if (constraint === undefined || !isRestoredValid(relations, constraint)) return null;
  if (!hasOwnText(relations, constraint)) return null;
  const noInherit = noInheritBy(relations, row, constraint);
  const isUnnamed =
    (noInherit === null || noInherit === "create") &&
    isNameLeft(context, relations, row, column, constraint) &&
    !relations.isCommented(constraint.oid);
  if (isUnnamed && noInherit === null) return PLAIN;
  return { name: isUnnamed ? null : constraint.name, noInherit };
}

function noInheritBy(
  relations: RelationLookup,
  { kind }: RelationRow,
  constraint: ConstraintRow,
): NoInherit | null {
  if (!constraint.noInherit) return null;
  if (keyBefore(relations, constraint) !== undefined) return "after-key";
  // CREATE TABLE refuses it of a partitioned table.
  return kind === "p" ? "alter" : "create";
}

/** Whether the name of a NOT NULL is left to PostgreSQL, which chooses the same again. */
function isNameLeft(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
  constraint: ConstraintRow,
): boolean {
  if (context.options.reproducible !== true)
    // A shortened one is written, as the target's encoding can shorten it elsewhere.
    return (
      constraint.name === `${row.name}_${column.name}_not_null` && !isNameTaken(context)(constraint)
    );
  // Up to 17 there was no name to keep: any that PostgreSQL chooses is left out, and that of a parent, which it gives to
  // what is inherited.
  return (
    isChosenName(constraint.name, row.name, column.name, "not_null") ||
    parentColumns(relations, row, column).some(
      (parent) =>
        constraintOfColumn(relations, parent)?.name === constraint.name ||
        // The parent's is left out as well, and can be this one after a restore.
        isChosenName(
          constraint.name,
          relations.byOid.get(parent.relation)!.name,
          parent.name,
          "not_null",
        ),
    )
  );
}

/**
 * Statements that make NOT NULL a partition's own beside its parent's (18): attaching it made it the parent's alone, and
 * it would go with it. The server changes this fact and reads no rows.
 */
export function ownNotNulls(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
): string[] {
  if (context.catalog.version.major < 18) return [];
  return (relations.columns.get(row.oid) ?? []).flatMap((column) => {
    const constraint = column.notNull ? constraintOfColumn(relations, column) : undefined;
    if (constraint === undefined || !isRestoredValid(relations, constraint)) return [];
    if (!constraint.isLocal && !isMadeOwn(relations, constraint)) return [];
    if (!parentColumns(relations, row, column).some(({ notNull }) => notNull)) return [];
    const alter = `ALTER TABLE ONLY ${relations.sqlName(row.oid)}`;
    return [`${alter} ALTER COLUMN ${quoteIdent(column.name)} SET NOT NULL`];
  });
}

function notNullText({ name, noInherit }: NotNull, column: string): string {
  const constraint = name === null ? "" : `CONSTRAINT ${quoteIdent(name)} `;
  return `${constraint}NOT NULL${column}${noInherit === "create" ? " NO INHERIT" : ""}`;
}

/** The statement for what CREATE TABLE cannot say of a column's NOT NULL; null where it needs none. */
export function alteredNotNull(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): string | null {
  if (row.kind !== "p" || context.catalog.version.major < 18) return null;
  const notNull = writtenNotNull(context, relations, row, column);
  if (notNull?.noInherit !== "alter") return null;
  return makeNoInherit(relations, constraintOfColumn(relations, column)!, notNull.name!);
}

/** Whether CREATE TABLE writes it of a column that comes from a parent: 18 can, up to 17 it takes an ALTER TABLE. */
function hasTableForm({ catalog, options }: DdlContext, notNull: NotNull): boolean {
  if (catalog.version.major < 18) return false;
  return options.reproducible !== true || notNull.name !== null || notNull.noInherit !== null;
}

function constraintOfColumn(
  { constraints }: RelationLookup,
  { relation, number }: ColumnRow,
): ConstraintRow | undefined {
  return constraints
    .get(relation)
    ?.find(({ type, columns }) => type === "n" && columns[0] === number);
}
