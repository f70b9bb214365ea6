/** How the catalogs are queried: a function from SQL to rows, so that this layer does not depend on the driver. */

import type { ServerVersion } from "./version.ts";

/** Runs one statement and returns its rows with column names as keys. `action` is named in the message of an error. */
export type Query = <Row>(sql: string, context?: { readonly action: string }) => Promise<Row[]>;

/** Reads one kind of object, with a single statement for the whole database, never one per object. */
export interface CatalogQuery<Row> {
  readonly sql: (version: ServerVersion, isSuperuser: boolean) => string;
  /** The first major that has the catalog; there are no rows on older servers. */
  readonly since?: number;
  /** Read only when the rows of tables are copied too; otherwise there are no rows. */
  readonly forRows?: true;
  /** Never set: it only gives `Row` a place in the type. */
  readonly row?: Row;
}
