/** Indexes with their constraints and parents, for the emitters of indexes and of what depends on them. */
import { type Address, address, CATALOG } from "../catalog/address.ts";
import type { ConstraintRow } from "../catalog/constraint.ts";
import type { IndexRow } from "../catalog/index-relation.ts";
import { qualify } from "../sql/ident.ts";
import type { DdlContext } from "./context.ts";
import { oncePerCatalog } from "./once-per-catalog.ts";
import { relationAddress, relationLookup } from "./relation-lookup.ts";

export interface IndexLookup {
  /** The key or exclusion constraint that an index belongs to. */
  readonly constraintOf: (index: IndexRow) => ConstraintRow | undefined;
  /** The id of the object that creates the index: its constraint's, where there is one. */
  readonly idOf: (index: IndexRow) => Address;
  /** The qualified name as SQL. */
  readonly sqlName: (index: IndexRow) => string;
  /** The index of the partitioned table that an index is attached to. */
  readonly parentOf: (index: IndexRow) => IndexRow | undefined;
  /** Oids of the indexes that are attached to an index. */
  readonly childrenOf: (index: number) => readonly number[];
}

export const indexLookup: (context: DdlContext) => IndexLookup = oncePerCatalog((context) => {
  const { constraints, indexes } = context.catalog;
  const relations = relationLookup(context);
  const ofIndex = new Map(
    constraints.filter(({ type }) => "pux".includes(type)).map((row) => [row.index, row]),
  );
  const byOid = new Map(indexes.map((row) => [row.oid, row]));
  const children = new Map<number, number[]>();
  for (const { oid, parent } of indexes) {
    if (parent !== 0) children.set(parent, [...(children.get(parent) ?? []), oid]);
  }
  return {
    constraintOf: ({ oid }) => ofIndex.get(oid),
    idOf: ({ oid }) => {
      const constraint = ofIndex.get(oid);
      return constraint === undefined
        ? relationAddress(oid)
        : address(CATALOG.constraint, constraint.oid);
    },
    sqlName: ({ relation, name }) =>
      qualify(context.namespace(relations.byOid.get(relation)!.namespace), name),
    parentOf: ({ parent }) => byOid.get(parent),
    childrenOf: (index) => children.get(index) ?? [],
  };
});
