/** Tables that others are partitions of or inherit from. */
import type { Catalog } from "../../catalog/read.ts";
import { groupBy } from "../../util/group-by.ts";
import type { ParentTable } from "./select-list.ts";
import { namespaceNames } from "../../catalog/namespace.ts";

/** All of them, each with everything that is below it, at whatever depth. */
export function parentTables(catalog: Catalog): ParentTable[] {
  const children = groupBy(catalog.inherits, ({ parent }) => parent);
  const namespaces = namespaceNames(catalog.namespaces);
  return catalog.relations
    .filter(({ oid }) => children.has(oid))
    .map(({ oid, namespace, name, kind }) => {
      const below = new Set(children.get(oid)?.map(({ child }) => child));
      // A set gives what is added to it while it is gone through.
      for (const one of below) for (const { child } of children.get(one) ?? []) below.add(child);
      return { namespace: namespaces.get(namespace)!, name, isPartitioned: kind === "p", below };
    });
}
