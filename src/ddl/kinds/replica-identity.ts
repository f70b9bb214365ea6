/** REPLICA IDENTITY: which columns logical replication sends of a row's old version. */
import type { IndexRow } from "../../catalog/index-relation.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject, DumpId } from "../dumpable-object.ts";
import { indexLookup } from "../index-lookup.ts";
import { relationAddress, relationLookup } from "../relation-lookup.ts";
import { attachmentsBelow } from "./index-attach.ts";

/** REPLICA IDENTITY NOTHING and FULL. */
export function replicaIdentities(context: DdlContext): DumpableObject[] {
  return (
    relationLookup(context)
      .dumpable.filter((row) => row.replicaIdentity === "n" || row.replicaIdentity === "f")
      // A materialized view has the default of its kind.
      .filter((row) => row.kind === "r" || row.kind === "p")
      .map((row) => {
        const word = row.replicaIdentity === "n" ? "NOTHING" : "FULL";
        return identityObject(context, row, `${relationAddress(row.oid)}#replica-identity`, {
          requires: [relationAddress(row.oid)],
          identity: word,
        });
      })
  );
}

/** REPLICA IDENTITY USING INDEX. */
export function identityIndex(context: DdlContext, row: IndexRow): DumpableObject {
  const relation = relationLookup(context).byOid.get(row.relation)!;
  return identityObject(context, relation, `${relationAddress(row.oid)}#replica-identity`, {
    // A partitioned index can be the identity once it is valid: when the indexes of all partitions are attached.
    requires: [indexLookup(context).idOf(row), ...attachmentsBelow(context, row.oid)],
    identity: `USING INDEX ${quoteIdent(row.name)}`,
  });
}

function identityObject(
  context: DdlContext,
  row: RelationRow,
  id: DumpId,
  { requires, identity }: { readonly requires: readonly DumpId[]; readonly identity: string },
): DumpableObject {
  return {
    id,
    kind: "replica-identity",
    namespace: context.namespace(row.namespace),
    name: row.name,
    section: "post-data",
    addresses: [],
    requires,
    parent: relationAddress(row.oid),
    sql: () => [
      `ALTER TABLE ONLY ${relationLookup(context).sqlName(row.oid)} REPLICA IDENTITY ${identity}`,
    ],
  };
}
