/** The types of the dumped columns, as the manifest lists them: each once, after those of which it consists. Pure. */
import type { ManifestType } from "../archive/format/manifest.ts";
import type { Catalog } from "../catalog/read.ts";
import { mapParts, type ValueType, type ValueTypes, valueTypes } from "../catalog/value-types.ts";
import { namespaceNames } from "../catalog/namespace.ts";

export interface TypeList {
  readonly types: readonly ManifestType[];
  /** The index of a type, which is added when it is new. */
  readonly numberOf: (name: string) => number;
}

export function typeList(lookUp: ValueTypes): TypeList {
  const types: ManifestType[] = [];
  const numbers = new Map<string, number>();
  const unfinished = new Set<string>();
  /** PostgreSQL has no type within itself. Should a server say so, the type is listed without its parts. */
  const isWithinItself = ({ domainOf, arrayOf, rangeOf, attributes = [] }: ValueType): boolean =>
    [domainOf, arrayOf, rangeOf, ...attributes.map(({ type }) => type)].some(
      (part) => part !== undefined && unfinished.has(part),
    );
  function numberOf(name: string): number {
    const before = numbers.get(name);
    if (before !== undefined) return before;
    unfinished.add(name);
    const known = lookUp(name);
    const parts = isWithinItself(known) ? {} : known;
    const type: ManifestType = { name, ...mapParts(parts, numberOf) };
    unfinished.delete(name);
    numbers.set(name, types.push(type) - 1);
    return types.length - 1;
  }
  return { types, numberOf };
}

/** The types of the database that is dumped. */
export function dumpedTypes(catalog: Catalog): ValueTypes {
  const namespaces = namespaceNames(catalog.namespaces);
  const rowTypes = catalog.relations
    .filter(({ kind }) => kind === "r" || kind === "p")
    .map(({ oid, namespace, name }) => ({
      namespace: namespaces.get(namespace)!,
      name,
      attributes: () => catalog.columns.filter(({ relation }) => relation === oid),
    }));
  return valueTypes(catalog, rowTypes);
}
