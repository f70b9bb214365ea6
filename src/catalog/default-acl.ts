/** Default privileges (`pg_default_acl`). */
import type { CatalogQuery } from "./query.ts";

export interface DefaultAclRow {
  readonly oid: number;
  readonly role: number;
  /** 0 for all schemas. */
  readonly namespace: number;
  /** `defaclobjtype`: r tables, S sequences, f functions, T types, n schemas, L large objects. */
  readonly type: string;
  readonly acl: readonly string[];
  /** The privileges without this entry. Those of one schema are added to those of all schemas, so it is empty for them. */
  readonly base: readonly string[];
}

const PRIVILEGES = `
  defaclobjtype AS type, defaclacl::text[] AS acl,
  CASE WHEN defaclnamespace <> 0 THEN '{}'
       ELSE pg_catalog.acldefault(CASE defaclobjtype WHEN 'S' THEN 's' ELSE defaclobjtype END, defaclrole)::text[]
  END AS base`;

export const defaultAcls: CatalogQuery<DefaultAclRow> = {
  sql: () => `
    SELECT oid, defaclrole AS role, defaclnamespace AS namespace, ${PRIVILEGES}
    FROM pg_catalog.pg_default_acl
    WHERE defaclnamespace = 0 OR defaclnamespace IN (SELECT oid FROM pg_catalog.pg_namespace)`,
};

/** Those for what the current role creates, where it may create something. */
export const OWN_DEFAULT_ACLS = `
  SELECT CURRENT_USER::text AS owner, n.nspname AS schema, ${PRIVILEGES}
  FROM pg_catalog.pg_default_acl d
  JOIN pg_catalog.pg_roles r ON r.oid = d.defaclrole AND r.rolname = CURRENT_USER
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
  WHERE d.defaclnamespace = 0 OR pg_catalog.has_schema_privilege(n.oid, 'CREATE')
  ORDER BY d.oid`;
