/**
 * Dependencies between objects (`pg_depend`). Those of columns count as those of their relation, because only whole
 * objects are ordered. Dependencies on PostgreSQL's own objects are not read, except on schemas and extensions.
 */
import { CATALOG, FIRST_NORMAL_OID } from "./address.ts";
import type { CatalogQuery } from "./query.ts";

/** Dependencies of one type between objects of two catalogs. A large schema has too many to read each as a row. */
export interface DependRow {
  readonly classid: number;
  readonly refclassid: number;
  /** n normal, a auto, i internal, P and S partition, e extension member, x auto-extension (PostgreSQL docs, 53.18). */
  readonly deptype: "n" | "a" | "i" | "P" | "S" | "e" | "x";
  /** The n-th of these objects depends on the n-th of `refobjids`. A pair can be repeated, once for each column. */
  readonly objids: readonly number[];
  readonly refobjids: readonly number[];
}

/**
 * The condition that a `pg_depend` row makes its object a member of an extension. It is on the referenced object, which
 * has an index: without it the server would read all dependencies of the database.
 */
export function isMembership(row: string): string {
  return `${row}.refclassid = ${CATALOG.extension} AND ${row}.deptype = 'e'`;
}

export const depends: CatalogQuery<DependRow> = {
  sql: () => `
    SELECT classid, refclassid, deptype, pg_catalog.array_agg(objid) AS objids, pg_catalog.array_agg(refobjid) AS refobjids
    FROM pg_catalog.pg_depend
    WHERE (refobjid >= ${FIRST_NORMAL_OID} OR refclassid IN (${CATALOG.namespace}, ${CATALOG.extension}))
      AND deptype <> 'p' AND (classid, objid) <> (refclassid, refobjid)
      -- Row types, array types, triggers of foreign keys and defaults are parts of the object that they depend on.
      AND NOT (deptype = 'i' AND classid IN (${CATALOG.type}, ${CATALOG.trigger}))
      AND NOT (deptype = 'a' AND classid = ${CATALOG.attrdef})
    GROUP BY classid, refclassid, deptype`,
};
