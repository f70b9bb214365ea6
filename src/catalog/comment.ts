/** Comments on objects, columns and the database itself; those on roles and tablespaces are the cluster's. */
import { CATALOG, FIRST_NORMAL_OID } from "./address.ts";
import type { CatalogQuery } from "./query.ts";

export interface CommentRow {
  readonly classoid: number;
  readonly objoid: number;
  /** A column's number, or 0 for the object itself. */
  readonly objsubid: number;
  readonly description: string;
}

export const comments: CatalogQuery<CommentRow> = {
  // Users can comment on what initdb made too: the schema public is the usual one. Large objects may have any oid.
  sql: () => `
    SELECT classoid, objoid, objsubid, description FROM pg_catalog.pg_description
    WHERE objoid >= ${FIRST_NORMAL_OID} OR (classoid = ${CATALOG.namespace} AND objoid = 2200)
       OR classoid = ${CATALOG.largeObject}
    UNION ALL
    SELECT classoid, objoid, 0, description FROM pg_catalog.pg_shdescription
    WHERE classoid = ${CATALOG.database}
      AND objoid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    ORDER BY classoid, objoid, objsubid`,
};
