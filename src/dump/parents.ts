/** Tables that others are partitions of or inherit from. */
import type { Catalog } from "../catalog/read.ts";
import type { ParentTable } from "./select-list.ts";

/** All of them, each with everything that is below it, at whatever depth. */
export function parentTables(catalog: Catalog): ParentTable[] {
  const children = new Map<number, number[]>();
  for (const { parent, child } of catalog.inherits) {
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [child]);
    else known.push(child);
  }
  const namespaces = new Map(catalog.namespaces.map(({ oid, name }) => [oid, name]));
  return catalog.relations
    .filter(({ oid }) => children.has(oid))
    .map(({ oid, namespace, name, kind }) => {
      const below = new Set(children.get(oid));
      // A set gives what is added to it while it is gone through.
      for (const child of below) for (const each of children.get(child) ?? []) below.add(each);
      return { namespace: namespaces.get(namespace)!, name, isPartitioned: kind === "p", below };
    });
}
