/** Row security policies. */
import type { CatalogQuery } from "./query.ts";

export interface PolicyRow {
  readonly oid: number;
  readonly name: string;
  readonly relation: number;
  /** `polcmd`: * all, r select, a insert, w update, d delete. */
  readonly command: "*" | "r" | "a" | "w" | "d";
  readonly permissive: boolean;
  /** Role oids; 0 stands for PUBLIC. */
  readonly roles: readonly number[];
  readonly using: string | null;
  readonly check: string | null;
}

export const policies: CatalogQuery<PolicyRow> = {
  sql: () => `
    SELECT oid, polname AS name, polrelid AS relation, polcmd AS command, polpermissive AS permissive,
           polroles AS roles, pg_catalog.pg_get_expr(polqual, polrelid) AS using,
           pg_catalog.pg_get_expr(polwithcheck, polrelid) AS "check"
    FROM pg_catalog.pg_policy`,
};
