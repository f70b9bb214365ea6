/** Foreign servers. */
import type { CatalogQuery } from "./query.ts";

export interface ForeignServerRow {
  readonly oid: number;
  readonly name: string;
  readonly owner: number;
  readonly wrapper: string;
  readonly type: string | null;
  readonly version: string | null;
  /** Each `name=value`. */
  readonly options: readonly string[] | null;
  readonly acl: readonly string[] | null;
  readonly aclDefault: readonly string[];
}

export const foreignServers: CatalogQuery<ForeignServerRow> = {
  sql: () => `
    SELECT s.oid, s.srvname AS name, s.srvowner AS owner, w.fdwname AS wrapper, s.srvtype AS type,
           s.srvversion AS version, s.srvoptions AS options, s.srvacl::text[] AS acl,
           pg_catalog.acldefault('S', s.srvowner)::text[] AS "aclDefault"
    FROM pg_catalog.pg_foreign_server s JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw`,
};
