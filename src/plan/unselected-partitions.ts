/** Partitions of tables that were selected by name, and that were not: their rows are not dumped. */
import type { DdlContext } from "../ddl/context.ts";
import { relationLookup } from "../ddl/relation-lookup.ts";
import { qualify } from "../sql/ident.ts";
import { listed } from "../util/format.ts";
import { type Warning, warning } from "../warnings.ts";
import type { SelectOptions } from "./select-options.ts";
import type { Selection } from "./select.ts";

/** A warning for each partitioned table whose partitions are left out; none where no option names tables to dump. */
export function unselectedPartitions(
  context: DdlContext,
  selection: Pick<Selection, "includesRelation">,
  { tables = [] }: Pick<SelectOptions, "tables">,
): Warning[] {
  if (tables.length === 0) return [];
  const { byOid, parents } = relationLookup(context);
  const below = new Map<number, string[]>();
  for (const row of context.catalog.relations) {
    if (!row.isPartition || selection.includesRelation(row.oid)) continue;
    const parent = byOid.get(parents.get(row.oid)?.[0] ?? 0);
    if (parent === undefined || !selection.includesRelation(parent.oid)) continue;
    const name = qualify(context.namespace(row.namespace), row.name);
    below.set(parent.oid, [...(below.get(parent.oid) ?? []), name]);
  }
  return [...below].map(([oid, names]) => {
    const { namespace, name } = byOid.get(oid)!;
    const label = `table ${qualify(context.namespace(namespace), name)}`;
    const message = `${label}: its partitions ${listed(names.sort())} were not selected, and their rows are not dumped (--table-and-children selects them)`;
    return warning("partitions-not-selected", label, message);
  });
}
