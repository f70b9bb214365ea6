/**
 * NOT NULL constraints of PostgreSQL 18 as objects: the ones that are not valid, with statements after the data, those that
 * become NO INHERIT after a primary key, and empty entries for the others, which CREATE TABLE writes and comments refer to.
 */
import { address, type Address, CATALOG } from "../../catalog/address.ts";
import type { ConstraintRow } from "../../catalog/constraint.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { constraintObject } from "../constraint-object.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { isAttachedLater } from "../inheritance.ts";
import { notValid } from "../not-valid.ts";
import { type RelationLookup, relationLookup } from "../relation-lookup.ts";
import { FEATURE } from "../server-features.ts";
import { isKeyBeforeChildren, keyBefore } from "./key-not-null.ts";
import { makeNoInherit } from "./partitioned-not-null.ts";

export function notNullConstraints(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  return context.catalog.constraints
    .filter(({ type, relation }) => type === "n" && relations.isDumped(relation))
    .map((constraint) => notNullObject(context, relations, constraint));
}

function notNullObject(
  context: DdlContext,
  relations: RelationLookup,
  constraint: ConstraintRow,
): DumpableObject {
  const row = relations.byOid.get(constraint.relation)!;
  const alter = `ALTER TABLE ${relations.sqlName(row.oid)}`;
  const name = restoredName(relations, constraint);
  const ofParents = ofSameColumn(relations, relations.parents.get(row.oid), constraint);
  const above =
    hasOwnText(relations, constraint) || createdAbove(relations, constraint).length > 0
      ? []
      : ofParents;
  const below = ofSameColumn(relations, relations.children.get(row.oid), constraint);
  const withValidity = (each: ConstraintRow): ConstraintRow => ({
    ...each,
    isValidated: isRestoredValid(relations, each),
  });
  const { isValidated } = withValidity(constraint);
  const { isPostData, isValidatedLater, requires } = notValid(
    { ...constraint, isValidated },
    above.map(withValidity),
    below.map(withValidity),
  );
  const isAdded = !isValidatedLater && !isValidated && constraint.isLocal;
  const common = constraintObject(context, relations, { ...constraint, name });
  const key = keyBefore(relations, constraint);
  if (key !== undefined)
    return {
      kind: "check-constraint",
      section: isKeyBeforeChildren(relations, row.oid) ? "pre-data" : "post-data",
      // A partition's is inherited, and cannot change, until that of the partitioned table has.
      requires: [key, ...(row.isPartition ? ofParents : [])].map(({ oid }) =>
        address(CATALOG.constraint, oid),
      ),
      features: [FEATURE.notNullConstraint],
      commentFeatures: [FEATURE.notNullComment],
      sql: () => [makeNoInherit(relations, constraint, name)],
      ...common,
    };
  return {
    kind: "check-constraint",
    section: isPostData && !isBeforePartitions(relations, constraint) ? "post-data" : "pre-data",
    requires: [common.parent, ...requires],
    features: isValidatedLater || isAdded ? [FEATURE.notNullConstraint] : undefined,
    commentFeatures: [FEATURE.notNullComment],
    sql: () => {
      if (isValidatedLater) return [`${alter} VALIDATE CONSTRAINT ${quoteIdent(name)}`];
      return isAdded
        ? [`${alter}\n    ADD CONSTRAINT ${quoteIdent(name)} ${constraint.definition}`]
        : [];
    },
    ...common,
  };
}

/**
 * Whether a NOT NULL is valid, or a parent's is, under which no statement creates one that is not. SET NOT NULL of a parent
 * leaves what it finds on its children as it is (ATExecSetNotNull, src/backend/commands/tablecmds.c).
 */
export function isRestoredValid(relations: RelationLookup, constraint: ConstraintRow): boolean {
  if (constraint.isValidated) return true;
  return constraintsAbove(relations, constraint).some((above) => isRestoredValid(relations, above));
}

/**
 * Whether a partitioned table's NOT NULL that is not valid is added before its partitions are attached, which makes theirs
 * inherited ones: all of them are valid, so that no row has a null.
 */
function isBeforePartitions(relations: RelationLookup, constraint: ConstraintRow): boolean {
  const known = beforePartitions.get(constraint);
  if (known !== undefined) return known;
  const { relation, isLocal } = constraint;
  const isBefore =
    isLocal &&
    relations.byOid.get(relation)!.kind === "p" &&
    !isRestoredValid(relations, constraint) &&
    ofSameColumn(relations, relations.children.get(relation), constraint).every(
      ({ isValidated }) => isValidated,
    );
  beforePartitions.set(constraint, isBefore);
  return isBefore;
}

/** Each partition asks for that of its partitioned table. */
const beforePartitions = new WeakMap<ConstraintRow, boolean>();

/** The NOT NULL constraints of a partitioned table that are added before its partitions are attached. */
export function notNullsBeforePartitions(relations: RelationLookup, relation: number): Address[] {
  return (relations.constraints.get(relation) ?? [])
    .filter((each) => each.type === "n" && isBeforePartitions(relations, each))
    .map(({ oid }) => address(CATALOG.constraint, oid));
}

/** Whether a NOT NULL is written for its table, and does not come with a parent's. */
export function hasOwnText(relations: RelationLookup, constraint: ConstraintRow): boolean {
  const row = relations.byOid.get(constraint.relation)!;
  return constraint.isLocal || isAttachedLater(relations, row) || isMadeOwn(relations, constraint);
}

/**
 * Whether a valid NOT NULL that comes from a parent's is restored as the table's own: the parent's is not valid, so that it is
 * added after the table. It gives its name to the constraints below, where another constraint has that name: the table was
 * created after it, and PostgreSQL then chose another name. Of a partition it finds one that exists.
 */
export function isMadeOwn(relations: RelationLookup, constraint: ConstraintRow): boolean {
  if (!constraint.isValidated || constraint.isLocal) return false;
  const row = relations.byOid.get(constraint.relation)!;
  const above = constraintsAbove(relations, constraint);
  if (row.isPartition)
    return above.some(
      (each) => !isRestoredValid(relations, each) && !isBeforePartitions(relations, each),
    );
  if (isAttachedLater(relations, row)) return false;
  if (above.some((each) => isInCreateTable(relations, each))) return false;
  const names = new Set(above.flatMap((each) => namesBelow(relations, each)));
  const ofTable = relations.constraints.get(constraint.relation)!;
  return ofTable.some((each) => each !== constraint && names.has(each.name));
}

/** Whether a table has the NOT NULL when it has been created. */
function isInCreateTable(relations: RelationLookup, constraint: ConstraintRow): boolean {
  if (!isRestoredValid(relations, constraint)) return false;
  return hasOwnText(relations, constraint) || createdAbove(relations, constraint).length > 0;
}

/** Those of the parents with which CREATE TABLE … INHERITS makes it. */
function createdAbove(relations: RelationLookup, constraint: ConstraintRow): ConstraintRow[] {
  return constraintsAbove(relations, constraint).filter((each) => isInCreateTable(relations, each));
}

/**
 * The name that a restore gives it. One that comes from several parents has the name of the first, which may be another
 * one than when the table was created: a parent can have got its NOT NULL later, and one that is not valid comes after
 * the data (`AddRelationNotNullConstraints()`, src/backend/catalog/heap.c).
 */
export function restoredName(relations: RelationLookup, constraint: ConstraintRow): string {
  if (hasOwnText(relations, constraint)) return constraint.name;
  const [first] = createdAbove(relations, constraint);
  return first === undefined ? constraint.name : restoredName(relations, first);
}

/** The names that ADD CONSTRAINT gives to what is inherited from a NOT NULL. */
function namesBelow(relations: RelationLookup, constraint: ConstraintRow): string[] {
  if (constraint.isLocal) return [constraint.name];
  return constraintsAbove(relations, constraint).flatMap((above) => namesBelow(relations, above));
}

/** The NOT NULL constraints of the parents that this one comes from. */
function constraintsAbove(relations: RelationLookup, constraint: ConstraintRow): ConstraintRow[] {
  const parents = relations.parents.get(constraint.relation);
  return ofSameColumn(relations, parents, constraint).filter(({ noInherit }) => !noInherit);
}

/** The NOT NULL of the same column on each of these tables. */
function ofSameColumn(
  { columns, constraints }: RelationLookup,
  tables: readonly number[] | undefined,
  constraint: ConstraintRow,
): ConstraintRow[] {
  const column = columns
    .get(constraint.relation)
    ?.find(({ number }) => number === constraint.columns[0]);
  return (tables ?? []).flatMap((oid) => {
    const number = columns.get(oid)?.find(({ name }) => name === column?.name)?.number;
    const notNulls = constraints.get(oid)?.filter(({ type }) => type === "n") ?? [];
    return notNulls.filter((each) => each.columns[0] === number);
  });
}
