/** Large objects with owners and privileges. Their contents are data: see `ddl/kinds/large-object.ts`. */
import type { CatalogQuery } from "./query.ts";

export interface LargeObjectRow {
  readonly oid: number;
  readonly owner: number;
  readonly acl: readonly string[] | null;
  readonly aclDefault: readonly string[];
}

export const largeObjects: CatalogQuery<LargeObjectRow> = {
  sql: () => `
    SELECT oid, lomowner AS owner, lomacl::text[] AS acl, pg_catalog.acldefault('L', lomowner)::text[] AS "aclDefault"
    FROM pg_catalog.pg_largeobject_metadata`,
};
