/** What the catalog layer knows of a connection: text in, rows out. No driver is imported here or below. */

import type { ServerVersion } from "./version.ts";

/** Runs one statement and returns its rows with column names as keys. `action` begins the message where that fails. */
export type Query = <Row>(sql: string, context?: { readonly action: string }) => Promise<Row[]>;

/** How one kind of object is read: a single statement for the whole database, never one an object. */
export interface CatalogQuery<Row> {
  readonly sql: (version: ServerVersion, isSuperuser: boolean) => string;
  /** First major that has the catalog; older servers give no rows. */
  readonly since?: number;
  /** Wanted only by who copies rows as well; else there are none. */
  readonly forRows?: true;
  /** Never set: it carries the row's type. */
  readonly row?: Row;
}
