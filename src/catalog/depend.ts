/**
 * What depends on what. Columns are folded into their relation: order is decided between whole objects.
 * Rows whose referenced object is PostgreSQL's own are left out, but for the schema public and extensions.
 */
import { CATALOG, FIRST_NORMAL_OID } from "./address.ts";
import type { CatalogQuery } from "./query.ts";

/** Dependencies of one kind between objects of two catalogs. A large schema has too many to be read as a row each. */
export interface DependRow {
  readonly classid: number;
  readonly refclassid: number;
  /** n normal, a auto, i internal, P and S partition, e extension member, x auto-extension (PostgreSQL docs, 53.18). */
  readonly deptype: "n" | "a" | "i" | "P" | "S" | "e" | "x";
  /** The n-th of these objects depends on the n-th of `refobjids`; through several columns it does so several times. */
  readonly objids: readonly number[];
  readonly refobjids: readonly number[];
}

/**
 * That a row of `pg_depend` says who is a member of an extension. By what is referred to, which has an index: without it
 * the server goes through all dependencies of the database.
 */
export function saysMember(row: string): string {
  return `${row}.refclassid = ${CATALOG.extension} AND ${row}.deptype = 'e'`;
}

export const depends: CatalogQuery<DependRow> = {
  sql: () => `
    SELECT classid, refclassid, deptype, pg_catalog.array_agg(objid) AS objids, pg_catalog.array_agg(refobjid) AS refobjids
    FROM pg_catalog.pg_depend
    WHERE (refobjid >= ${FIRST_NORMAL_OID} OR refclassid IN (${CATALOG.namespace}, ${CATALOG.extension}))
      AND deptype <> 'p' AND (classid, objid) <> (refclassid, refobjid)
      -- Row and array types, and triggers behind foreign keys, are part of the object that they name; so is a default.
      AND NOT (deptype = 'i' AND classid IN (${CATALOG.type}, ${CATALOG.trigger}))
      AND NOT (deptype = 'a' AND classid = ${CATALOG.attrdef})
    GROUP BY classid, refclassid, deptype`,
};
