/**
 * User mappings, through the view `pg_user_mappings`: only superusers may read the catalog, and the view shows the
 * options to roles that may see them.
 */
import type { CatalogQuery } from "./query.ts";

export interface UserMappingRow {
  readonly oid: number;
  readonly server: number;
  readonly serverName: string;
  /** 0 for PUBLIC. */
  readonly user: number;
  /** Each `name=value`; null for none, or without the privilege to see them. They can hold passwords. */
  readonly options: readonly string[] | null;
}

export const userMappings: CatalogQuery<UserMappingRow> = {
  sql: () => `
    SELECT umid AS oid, srvid AS server, srvname AS "serverName", umuser AS "user", umoptions AS options
    FROM pg_catalog.pg_user_mappings`,
};
