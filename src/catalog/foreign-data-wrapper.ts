/** Foreign data wrappers. */
import type { CatalogQuery } from "./query.ts";

export interface ForeignDataWrapperRow {
  readonly oid: number;
  readonly name: string;
  readonly owner: number;
  /** Functions as SQL, without parentheses; null for none. */
  readonly handler: string | null;
  readonly validator: string | null;
  /** Since 19: makes the connection strings of subscriptions. */
  readonly connection: string | null;
  /** Each `name=value`. */
  readonly options: readonly string[] | null;
  readonly acl: readonly string[] | null;
  readonly aclDefault: readonly string[];
}

export const foreignDataWrappers: CatalogQuery<ForeignDataWrapperRow> = {
  sql: ({ major }) => `
    SELECT oid, fdwname AS name, fdwowner AS owner,
           CASE WHEN fdwhandler <> 0 THEN fdwhandler::pg_catalog.regproc::text END AS handler,
           CASE WHEN fdwvalidator <> 0 THEN fdwvalidator::pg_catalog.regproc::text END AS validator,
           ${major >= 19 ? "CASE WHEN fdwconnection <> 0 THEN fdwconnection::pg_catalog.regproc::text END" : "NULL"} AS connection,
           fdwoptions AS options, fdwacl::text[] AS acl, pg_catalog.acldefault('F', fdwowner)::text[] AS "aclDefault"
    FROM pg_catalog.pg_foreign_data_wrapper`,
};
