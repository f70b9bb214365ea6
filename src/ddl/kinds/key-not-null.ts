/**
 * NOT NULL of a primary key's column that children do not inherit (18). ADD PRIMARY KEY refuses it, so that CREATE TABLE writes
 * one that they do, and ALTER CONSTRAINT makes it what it is once the key exists. Where tables inherit, both come before these
 * are created, which would get a NOT NULL that they do not have, and so before the rows.
 */
import { type Address, address, CATALOG } from "../../catalog/address.ts";
import type { ConstraintRow } from "../../catalog/constraint.ts";
import type { RelationLookup } from "../relation-lookup.ts";

/** The primary key after which a NOT NULL becomes NO INHERIT; undefined where no key is in the way. */
export function keyBefore(
  { constraints }: RelationLookup,
  { relation, type, noInherit, columns }: ConstraintRow,
): ConstraintRow | undefined {
  if (type !== "n" || !noInherit) return undefined;
  const key = constraints.get(relation)?.find((each) => each.type === "p");
  return key?.columns.includes(columns[0]!) === true ? key : undefined;
}

/** The NOT NULL constraints that become NO INHERIT after the table's primary key and before its children. */
export function notNullsBeforeChildren(relations: RelationLookup, relation: number): Address[] {
  return beforeChildren(relations, relation).map(({ oid }) => address(CATALOG.constraint, oid));
}

/** Whether a table's primary key and the NOT NULL of its columns come before the tables that inherit from it. */
export function isKeyBeforeChildren(relations: RelationLookup, relation: number): boolean {
  return beforeChildren(relations, relation).length > 0;
}

function beforeChildren(relations: RelationLookup, relation: number): ConstraintRow[] {
  // Partitions are attached when they have the NOT NULL, which each of them needs for its own key.
  if (relations.byOid.get(relation)?.kind !== "r" || !relations.children.has(relation)) return [];
  return (relations.constraints.get(relation) ?? []).filter(
    (each) => keyBefore(relations, each) !== undefined,
  );
}
