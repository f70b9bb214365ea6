/** Row security: the policies, and whether a table applies them. */
import { address, CATALOG } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import { type DumpableObject, unguarded } from "../dumpable-object.ts";
import { relationAddress, relationLookup } from "../relation-lookup.ts";

const COMMAND = {
  "*": "",
  r: " FOR SELECT",
  a: " FOR INSERT",
  w: " FOR UPDATE",
  d: " FOR DELETE",
} as const;

export function policies(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  return context.catalog.policies
    .filter((row) => relations.isDumpedOn(row.relation, address(CATALOG.policy, row.oid)))
    .map((row): DumpableObject => {
      const relation = relations.byOid.get(row.relation)!;
      const table = relations.sqlName(row.relation);
      const name = quoteIdent(row.name);
      const id = address(CATALOG.policy, row.oid);
      const roles = row.roles.filter((oid) => oid !== 0);
      return {
        id,
        kind: "policy",
        namespace: context.namespace(relation.namespace),
        name: `${relation.name} ${row.name}`,
        section: "post-data",
        addresses: [id],
        requires: [relationAddress(row.relation)],
        parent: relationAddress(row.relation),
        roles,
        sql: (guard = unguarded) => [
          guard(
            [
              `CREATE POLICY ${name} ON ${table}`,
              row.permissive ? "" : " AS RESTRICTIVE",
              COMMAND[row.command],
              // A policy for PUBLIC and others is one for PUBLIC.
              roles.length === 0 || row.roles.includes(0)
                ? ""
                : ` TO ${roles.map((oid) => quoteIdent(context.role(oid))).join(", ")}`,
              row.using === null ? "" : ` USING (${row.using})`,
              row.check === null ? "" : ` WITH CHECK (${row.check})`,
            ].join(""),
          ),
        ],
        target: `POLICY ${name} ON ${table}`,
      };
    });
}

/** ENABLE and FORCE ROW LEVEL SECURITY; after the data, so that they do not apply to an owner who restores. */
export function rowSecurity(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  // Those of extensions too, as in pg_dump: users add policies to them.
  return context.catalog.relations
    .filter(
      (row) => (row.rowSecurity || row.forceRowSecurity) && !relations.isAddedManually(row.oid),
    )
    .map((row) => ({
      id: `${relationAddress(row.oid)}#row-security`,
      kind: "row-security",
      namespace: context.namespace(row.namespace),
      name: row.name,
      section: "post-data",
      addresses: [],
      requires: [relationAddress(row.oid)],
      parent: relationAddress(row.oid),
      sql: () => {
        const alter = `ALTER TABLE ONLY ${relations.sqlName(row.oid)}`;
        return [
          ...(row.rowSecurity ? [`${alter} ENABLE ROW LEVEL SECURITY`] : []),
          ...(row.forceRowSecurity ? [`${alter} FORCE ROW LEVEL SECURITY`] : []),
        ];
      },
    }));
}
