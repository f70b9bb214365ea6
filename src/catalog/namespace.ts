/** Schemas. PostgreSQL's own are read too, but only for their names. */
import type { CatalogQuery } from "./query.ts";

export interface NamespaceRow {
  readonly oid: number;
  readonly name: string;
  readonly owner: number;
  /** `nspacl`, null for the default. */
  readonly acl: readonly string[] | null;
  /** The privileges of a new schema of this owner. */
  readonly aclDefault: readonly string[];
}

export const namespaces: CatalogQuery<NamespaceRow> = {
  sql: () => `
    SELECT oid, nspname AS name, nspowner AS owner, nspacl::text[] AS acl,
           pg_catalog.acldefault('n', nspowner)::text[] AS "aclDefault"
    FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_' ORDER BY nspname`,
};

/** Names of schemas by oid. */
export function namespaceNames(
  rows: readonly Pick<NamespaceRow, "oid" | "name">[],
): ReadonlyMap<number, string> {
  return new Map(rows.map(({ oid, name }) => [oid, name]));
}
