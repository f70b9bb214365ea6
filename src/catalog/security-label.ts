/** Security labels of objects, columns and the database itself; those of roles and tablespaces belong to the cluster. */
import { CATALOG } from "./address.ts";
import { CURRENT_DATABASE } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

export interface SecurityLabelRow {
  readonly classoid: number;
  readonly objoid: number;
  /** A column's number, or 0 for the object itself. */
  readonly objsubid: number;
  readonly provider: string;
  readonly label: string;
}

export const securityLabels: CatalogQuery<SecurityLabelRow> = {
  sql: () => `
    SELECT classoid, objoid, objsubid, provider, label FROM pg_catalog.pg_seclabel
    UNION ALL
    SELECT classoid, objoid, 0, provider, label FROM pg_catalog.pg_shseclabel
    WHERE classoid = ${CATALOG.database}
      AND objoid = ${CURRENT_DATABASE}
    ORDER BY classoid, objoid, objsubid, provider`,
};
