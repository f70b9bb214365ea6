/** Types of columns without the domains around them: a mask for text is one for a domain over text. */
import type { Catalog } from "../catalog/read.ts";
import { qualify } from "../sql/ident.ts";
import { namespaceNames } from "../catalog/namespace.ts";

/** A look-up from a type, as `format_type()` writes it, to the type under all domains; other types are their own. */
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
const made = new WeakMap<Catalog, ColumnTypes>();

function typesByTable(catalog: Catalog): ColumnTypes {
  const baseType = baseTypes(catalog);
  const types = new Map<number, Map<string, string>>();
  for (const { relation, name, type } of catalog.columns) {
    const own = types.get(relation) ?? new Map<string, string>();
    types.set(relation, own.set(name, baseType(type)));
  }
  return types;
}

/** A look-up from a table's oid and a column to the type under its domains. Most dumps never ask; those that do, often. */
export function columnTypes(catalog: Catalog): (oid: number, column: string) => string {
  return (oid, column) => {
    let types = made.get(catalog);
    if (types === undefined) made.set(catalog, (types = typesByTable(catalog)));
    return types.get(oid)!.get(column)!;
  };
}
