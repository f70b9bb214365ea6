/**
 * Syntax that compares without naming an operator: IS DISTINCT FROM, NULLIF, CASE … WHEN and USING take whatever `=` the
 * search path has for the types, and the server can't show which one it was. With an empty path that is PostgreSQL's own:
 * `citext` is then compared as `text`, and `hstore` not at all.
 */
import { type Address, address, CATALOG } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import type { DumpableObject, DumpId } from "../ddl/dumpable-object.ts";
import { quoteIdent } from "../sql/ident.ts";
import { namespaceNames } from "../catalog/namespace.ts";

const NAMELESS = /\bDISTINCT FROM\b|\bNULLIF\(|\bCASE (?!WHEN\b)|\bUSING \(/;

/** Names of the schemas, by piece, whose `=` the piece's statements compare with. */
export function equalitySchemas(
  catalog: Catalog,
  objects: readonly DumpableObject[],
): ReadonlyMap<DumpId, ReadonlySet<string>> {
  const namespaces = namespaceNames(catalog.namespaces);
  const equals = new Map(
    catalog.operators
      .filter(({ name }) => name === "=")
      .map((row) => [row.oid, namespaces.get(row.namespace)!]),
  );
  const used = new Map<Address, Set<string>>();
  for (const { classid, refclassid, objids, refobjids } of catalog.depends) {
    if (refclassid !== CATALOG.operator) continue;
    for (const [n, oid] of refobjids.entries()) {
      const schema = equals.get(oid);
      if (schema === undefined) continue;
      const from = address(classid, objids[n]!);
      used.set(from, (used.get(from) ?? new Set()).add(schema));
    }
  }
  const found = new Map<DumpId, Set<string>>();
  for (const object of used.size === 0 ? [] : objects) {
    const schemas = object.addresses.flatMap((one) => [...(used.get(one) ?? [])]);
    for (const id of schemas.length === 0 ? [] : [object.id, object.inline ?? object.id])
      found.set(id, new Set([...(found.get(id) ?? []), ...schemas]));
  }
  return found;
}

/** The statements, with the path that they need around them. */
export function withEquality(
  statements: string[],
  schemas: ReadonlySet<string> | undefined,
): string[] {
  if (schemas === undefined || !statements.some((text) => NAMELESS.test(text))) return statements;
  const path = [...schemas].sort().map(quoteIdent).join(", ");
  return [`SET LOCAL search_path = ${path}`, ...statements, "SET LOCAL search_path = ''"];
}
