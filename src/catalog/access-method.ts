/** User-defined access methods of tables and indexes. */
import { FIRST_NORMAL_OID } from "./address.ts";
import type { CatalogQuery } from "./query.ts";

export interface AccessMethodRow {
  readonly oid: number;
  readonly name: string;
  /** `amtype`: i index, t table. */
  readonly type: "i" | "t";
  /** As `regproc` prints it. */
  readonly handler: string;
}

export const accessMethods: CatalogQuery<AccessMethodRow> = {
  sql: () => `
    SELECT a.oid, a.amname AS name, a.amtype AS type, a.amhandler::text AS handler
    FROM pg_catalog.pg_am a WHERE a.oid >= ${FIRST_NORMAL_OID}`,
};
