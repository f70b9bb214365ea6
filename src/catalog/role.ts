/** Roles by oid. They belong to the cluster and are never dumped; statements only name them. */
import type { CatalogQuery } from "./query.ts";

export interface RoleRow {
  readonly oid: number;
  readonly name: string;
}

export const roles: CatalogQuery<RoleRow> = {
  sql: () => `SELECT oid, rolname AS name FROM pg_catalog.pg_roles`,
};
