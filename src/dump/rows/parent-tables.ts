/** Tables with partitions or inheriting tables. */
import type { Catalog } from "../../catalog/read.ts";
import { groupBy } from "../../util/group-by.ts";
import type { ParentTable } from "./select-list.ts";
import { namespaceNames } from "../../catalog/namespace.ts";

/** Lists them, each with all tables below it, at any depth. */
export function parentTables(catalog: Catalog): ParentTable[] {
  const children = groupBy(catalog.inherits, ({ parent }) => parent);
  const namespaces = namespaceNames(catalog.namespaces);
  return catalog.relations
    .filter(({ oid }) => children.has(oid))
    .map(({ oid, namespace, name, kind }) => {
      const below = new Set(children.get(oid)?.map(({ child }) => child));
      // Iterating over a set also visits what is added on the way.
      for (const table of below) {
        for (const { child } of children.get(table) ?? []) below.add(child);
      }
      return { namespace: namespaces.get(namespace)!, name, isPartitioned: kind === "p", below };
    });
}
