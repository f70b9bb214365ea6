/**
 * Syntax that compares without naming an operator: IS DISTINCT FROM, NULLIF, CASE … WHEN and USING use the `=` that the
 * search path has for the types, and deparsed text does not show which one that was. With an empty path it is
 * PostgreSQL's own: `citext` would then be compared as `text`, and `hstore` not at all.
 */
import { type Address, address, CATALOG } from "../catalog/address.ts";
import { namespaceNames } from "../catalog/namespace.ts";
import type { Catalog } from "../catalog/read.ts";
import type { DumpableObject, DumpId } from "../ddl/dumpable-object.ts";
import { quoteIdent } from "../sql/ident.ts";

const IMPLICIT_EQUALITY = /\bDISTINCT FROM\b|\bNULLIF\(|\bCASE (?!WHEN\b)|\bUSING \(/;

/** For each object, the names of the user schemas with an operator `=` that its statements depend on. */
export function equalitySchemas(
  catalog: Catalog,
  objects: readonly DumpableObject[],
): ReadonlyMap<DumpId, ReadonlySet<string>> {
  const schemasByAddress = dependentsOfEquality(catalog);
  const schemasById = new Map<DumpId, Set<string>>();
  for (const object of schemasByAddress.size === 0 ? [] : objects) {
    const schemas = object.addresses.flatMap((key) => [...(schemasByAddress.get(key) ?? [])]);
    if (schemas.length === 0) continue;
    // A part can be written inline or separately.
    for (const id of [object.id, object.inline ?? object.id])
      schemasById.set(id, new Set([...(schemasById.get(id) ?? []), ...schemas]));
  }
  return schemasById;
}

/** The database objects that depend on a user's operator `=`, with the schemas of these operators. */
function dependentsOfEquality(catalog: Catalog): Map<Address, Set<string>> {
  const namespaces = namespaceNames(catalog.namespaces);
  const operators = new Map(
    catalog.operators
      .filter(({ name }) => name === "=")
      .map(({ oid, namespace }) => [oid, namespaces.get(namespace)!]),
  );
  const dependents = new Map<Address, Set<string>>();
  for (const { classid, refclassid, objids, refobjids } of catalog.depends) {
    if (refclassid !== CATALOG.operator) continue;
    refobjids.forEach((oid, n) => {
      const schema = operators.get(oid);
      if (schema === undefined) return;
      const dependent = address(classid, objids[n]!);
      dependents.set(dependent, (dependents.get(dependent) ?? new Set()).add(schema));
    });
  }
  return dependents;
}

/** The statements, between settings of the search path that they need. */
export function withEquality(
  statements: string[],
  schemas: ReadonlySet<string> | undefined,
): string[] {
  if (schemas === undefined || !statements.some((text) => IMPLICIT_EQUALITY.test(text)))
    return statements;
  const path = [...schemas].sort().map(quoteIdent).join(", ");
  return [`SET LOCAL search_path = ${path}`, ...statements, "SET LOCAL search_path = ''"];
}
