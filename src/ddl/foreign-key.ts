/** Foreign keys, added after all keys: each is checked once over the rows that are there. */
import { address, CATALOG } from "../catalog/address.ts";
import { quoteIdent } from "../sql/ident.ts";
import type { DdlContext } from "./context.ts";
import { attachmentsBelow } from "./index-relation.ts";
import type { Piece } from "./piece.ts";
import { relationAddress, relationIndex } from "./relation-index.ts";

export function foreignKeys(context: DdlContext): Piece[] {
  const relations = relationIndex(context);
  return (
    context.catalog.constraints
      // One with a parent is the partition's share of the partitioned table's foreign key.
      .filter((co) => co.type === "f" && co.parent === 0 && relations.isOwned(co.relation))
      .map((co) => {
        const relation = relations.byOid.get(co.relation)!;
        const name = quoteIdent(co.name);
        const table = relations.sqlName(co.relation);
        // ONLY is not allowed where the key reaches into partitions.
        const only = relation.kind === "p" ? "" : "ONLY ";
        return {
          id: address(CATALOG.constraint, co.oid),
          kind: "foreign-key",
          namespace: context.namespace(relation.namespace),
          name: `${relation.name} ${co.name}`,
          section: "post-data",
          addresses: [address(CATALOG.constraint, co.oid)],
          requires: [
            relationAddress(co.relation),
            relationAddress(co.references),
            ...attachmentsBelow(context, co.index),
          ],
          parent: relationAddress(co.relation),
          sql: () => [`ALTER TABLE ${only}${table}\n    ADD CONSTRAINT ${name} ${co.definition}`],
          target: `CONSTRAINT ${name} ON ${table}`,
        };
      })
  );
}
