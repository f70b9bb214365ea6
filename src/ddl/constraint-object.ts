/** The fields that the dumpable objects of all constraints of tables share. */
import { address, CATALOG } from "../catalog/address.ts";
import type { ConstraintRow } from "../catalog/constraint.ts";
import { quoteIdent } from "../sql/ident.ts";
import type { DdlContext } from "./context.ts";
import { type RelationLookup, relationAddress } from "./relation-lookup.ts";

export function constraintObject(
  context: DdlContext,
  relations: RelationLookup,
  constraint: ConstraintRow,
) {
  const id = address(CATALOG.constraint, constraint.oid);
  const row = relations.byOid.get(constraint.relation)!;
  return {
    id,
    namespace: context.namespace(row.namespace),
    name: `${row.name} ${constraint.name}`,
    addresses: [id],
    parent: relationAddress(row.oid),
    target: `CONSTRAINT ${quoteIdent(constraint.name)} ON ${relations.sqlName(row.oid)}`,
  };
}
