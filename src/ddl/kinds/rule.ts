/** Rewrite rules, except those that hold the queries of views (view.ts). */
import { address, CATALOG } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import { type DumpableObject, unguarded } from "../dumpable-object.ts";
import { relationAddress, relationLookup } from "../relation-lookup.ts";
import { ENABLED } from "./trigger.ts";

export function rules(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  return context.catalog.rules
    .filter(
      (row) =>
        !row.isViewQuery && relations.isDumpedOn(row.relation, address(CATALOG.rewrite, row.oid)),
    )
    .map((row) => {
      const relation = relations.byOid.get(row.relation)!;
      const table = relations.sqlName(row.relation);
      const name = quoteIdent(row.name);
      const id = address(CATALOG.rewrite, row.oid);
      return {
        id,
        kind: "rule",
        namespace: context.namespace(relation.namespace),
        name: `${relation.name} ${row.name}`,
        section: "post-data",
        addresses: [id],
        requires: [relationAddress(row.relation)],
        parent: relationAddress(row.relation),
        sql: (guard = unguarded) => [
          guard(row.definition!.replace(/;\s*$/, "")),
          ...(row.enabled === "O"
            ? []
            : [`ALTER TABLE ${table} ${ENABLED[row.enabled]} RULE ${name}`]),
        ],
        target: `RULE ${name} ON ${table}`,
      };
    });
}
