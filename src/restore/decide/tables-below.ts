/** Partitions of tables, and tables that inherit from them, at any depth. Pure. */
import type { ManifestObject } from "../../archive/format/manifest.ts";
import { qualify } from "../../sql/ident.ts";

/** A table's name as one text. */
export const tableKey = ({ namespace, name }: Pick<ManifestObject, "namespace" | "name">): string =>
  qualify(namespace, name);

/** The keys of tables, and of all that are below these in the archive. */
export function withTablesBelow(
  objects: readonly ManifestObject[],
  tables: Iterable<string>,
): ReadonlySet<string> {
  const children = new Map<string, string[]>();
  for (const object of objects)
    for (const parent of object.inherits ?? []) {
      const key = tableKey(parent);
      children.set(key, [...(children.get(key) ?? []), tableKey(object)]);
    }
  const all = new Set(tables);
  // A set visits what is added while it is walked through.
  for (const key of all) for (const child of children.get(key) ?? []) all.add(child);
  return all;
}
