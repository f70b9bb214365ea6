/** The partitioned tables through which rows must be loaded, because another server may route them to another partition. */
import type { RelationRow } from "../catalog/relation.ts";
import type { DdlContext } from "../ddl/context.ts";
import { relationLookup } from "../ddl/relation-lookup.ts";
import type { Selection } from "./select.ts";

export interface LoadThrough {
  readonly namespace: string;
  readonly name: string;
}

export interface LoadThroughOptions {
  /** Load the rows of all partitions through their topmost table, as pg_dump's option of this name does. */
  readonly loadViaPartitionRoot?: boolean | undefined;
}

/** A function that tells through which table the rows of a relation must be loaded; null for the relation itself. */
export function loadThroughOf(
  context: DdlContext,
  selection: Selection,
  { loadViaPartitionRoot = false }: LoadThroughOptions,
): (row: RelationRow) => LoadThrough | null {
  const { byOid, parents } = relationLookup(context);
  const routings = new Set(context.catalog.partitionRoutings.map(({ relation }) => relation));
  return (row) => {
    let topmost: RelationRow | null = null;
    for (let at = row; at.isPartition;) {
      const parent = byOid.get(parents.get(at.oid)?.[0] ?? 0);
      // Without the table above, a partition is a table of its own.
      if (parent === undefined || !selection.includesRelation(parent.oid)) break;
      if (loadViaPartitionRoot || routings.has(parent.oid)) topmost = parent;
      at = parent;
    }
    return topmost === null
      ? null
      : { namespace: context.namespace(topmost.namespace), name: topmost.name };
  };
}
