/** ALTER INDEX … ATTACH PARTITION: the index of a partition becomes part of the partitioned table's. */
import type { IndexRow } from "../../catalog/index-relation.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject, DumpId } from "../dumpable-object.ts";
import { indexLookup } from "../index-lookup.ts";
import { relationAddress, relationLookup } from "../relation-lookup.ts";
import { isCreatedByParent } from "./key-constraint.ts";

/** The attachment of an index; undefined where it has no parent, or is created as a part of it. */
export function indexAttach(context: DdlContext, row: IndexRow): DumpableObject | undefined {
  const { idOf, parentOf, sqlName } = indexLookup(context);
  const parent = parentOf(row);
  if (parent === undefined || isCreatedByParent(context, row)) return undefined;
  const table = relationAddress(row.relation);
  const { namespace } = relationLookup(context).byOid.get(row.relation)!;
  return {
    id: attachId(row.oid),
    kind: "index-attach",
    namespace: context.namespace(namespace),
    name: row.name,
    section: "post-data",
    addresses: [],
    requires: [idOf(row), idOf(parent), `${table}#attach`],
    parent: table,
    attachesTo: { id: idOf(parent), name: sqlName(parent) },
    sql: () => [`ALTER INDEX ${sqlName(parent)} ATTACH PARTITION ${sqlName(row)}`],
  };
}

/** The ids of the attachments of all indexes below a partitioned one. */
export function attachmentsBelow(context: DdlContext, index: number): DumpId[] {
  return indexLookup(context)
    .childrenOf(index)
    .flatMap((child) => [attachId(child), ...attachmentsBelow(context, child)]);
}

function attachId(index: number): DumpId {
  return `${relationAddress(index)}#attach`;
}
