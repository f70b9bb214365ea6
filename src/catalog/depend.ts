/**
 * What depends on what. Columns are folded into their relation: order is decided between whole objects.
 * Rows whose referenced object is PostgreSQL's own are left out, but for the schema public and extensions.
 */
import { CATALOG, FIRST_NORMAL_OID } from "./address.ts";
import type { CatalogQuery } from "./query.ts";

export interface DependRow {
  readonly classid: number;
  readonly objid: number;
  readonly refclassid: number;
  readonly refobjid: number;
  /** n normal, a auto, i internal, P and S partition, e extension member, x auto-extension (PostgreSQL docs, 53.18). */
  readonly deptype: "n" | "a" | "i" | "P" | "S" | "e" | "x";
}

export const depends: CatalogQuery<DependRow> = {
  sql: () => `
    SELECT DISTINCT classid, objid, refclassid, refobjid, deptype
    FROM pg_catalog.pg_depend
    WHERE (refobjid >= ${FIRST_NORMAL_OID} OR refclassid IN (${CATALOG.namespace}, ${CATALOG.extension}))
      AND deptype <> 'p' AND (classid, objid) <> (refclassid, refobjid)
      -- Row and array types, and triggers behind foreign keys, are part of the object that they name.
      AND NOT (deptype = 'i' AND classid IN (${CATALOG.type}, ${CATALOG.trigger}))`,
};
