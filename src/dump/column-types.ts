/** Types of columns under their domains: a mask for text also fits a domain over text. */
import type { Catalog } from "../catalog/read.ts";
import { qualify } from "../sql/ident.ts";
import { namespaceNames } from "../catalog/namespace.ts";

/** A function from a type, as `format_type()` prints it, to the type under all its domains. */
function baseTypes(catalog: Catalog): (type: string) => string {
  const namespaces = namespaceNames(catalog.namespaces);
  const names = new Map(
    catalog.types.map(({ oid, namespace, name }) => [
      oid,
      qualify(namespaces.get(namespace)!, name),
    ]),
  );
  const bases = new Map(catalog.domains.map(({ type, baseType }) => [names.get(type), baseType]));
  return (type) => {
    let base = type;
    for (let next = bases.get(base); next !== undefined; next = bases.get(base)) base = next;
    return base;
  };
}

type ColumnTypes = ReadonlyMap<number, ReadonlyMap<string, string>>;
const cache = new WeakMap<Catalog, ColumnTypes>();

function typesByTable(catalog: Catalog): ColumnTypes {
  const baseType = baseTypes(catalog);
  const types = new Map<number, Map<string, string>>();
  for (const { relation, name, type } of catalog.columns) {
    const columns = types.get(relation) ?? new Map<string, string>();
    types.set(relation, columns.set(name, baseType(type)));
  }
  return types;
}

/**
 * A function from a table's oid and a column to the type under its domains. The types are computed on the first call,
 * because most dumps need none of them.
 */
export function columnTypes(catalog: Catalog): (oid: number, column: string) => string {
  return (oid, column) => {
    let types = cache.get(catalog);
    if (types === undefined) cache.set(catalog, (types = typesByTable(catalog)));
    return types.get(oid)!.get(column)!;
  };
}
