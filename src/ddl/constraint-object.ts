/** What the pieces of a table's constraints have in common. */
import { address, CATALOG } from "../catalog/address.ts";
import type { ConstraintRow } from "../catalog/constraint.ts";
import { quoteIdent } from "../sql/ident.ts";
import type { DdlContext } from "./context.ts";
import { type RelationLookup, relationAddress } from "./relation-lookup.ts";

/** Who it is and what it belongs to: the constraint is a part of its table, and known by both names. */
export function constraintObject(context: DdlContext, index: RelationLookup, co: ConstraintRow) {
  const id = address(CATALOG.constraint, co.oid);
  const row = index.byOid.get(co.relation)!;
  return {
    id,
    namespace: context.namespace(row.namespace),
    name: `${row.name} ${co.name}`,
    addresses: [id],
    parent: relationAddress(co.relation),
    target: `CONSTRAINT ${quoteIdent(co.name)} ON ${index.sqlName(co.relation)}`,
  };
}
