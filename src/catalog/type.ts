/**
 * What all types have in common: base types, shell types, composite types, domains, enums and ranges. Row types of
 * relations, and array and multirange types, are not read, because they are created with another object.
 */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import type { CatalogQuery } from "./query.ts";

export interface TypeRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly owner: number;
  readonly acl: readonly string[] | null;
  readonly aclDefault: readonly string[];
  /** `typtype`: b base, c composite, d domain, e enum, r range; s for a shell, which PostgreSQL calls pseudo. */
  readonly type: "b" | "c" | "d" | "e" | "r" | "s";
  /** 0 for none. */
  readonly arrayType: number;
}

export const types: CatalogQuery<TypeRow> = {
  sql: () => `
    SELECT t.oid, t.typname AS name, t.typnamespace AS namespace, t.typowner AS owner, t.typacl::text[] AS acl,
           pg_catalog.acldefault('T', t.typowner)::text[] AS "aclDefault",
           CASE WHEN t.typisdefined THEN t.typtype ELSE 's' END AS type, t.typarray AS "arrayType"
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    LEFT JOIN pg_catalog.pg_type element ON element.oid = t.typelem
    WHERE ${IN_USER_SCHEMA}
      AND (t.typtype IN ('b', 'd', 'e', 'r') OR t.typtype = 'c' AND c.relkind = 'c' OR NOT t.typisdefined)
      AND COALESCE(element.typarray <> t.oid, TRUE)`,
};
