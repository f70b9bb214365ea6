/** Comments on objects, columns and the database itself; comments on roles and tablespaces belong to the cluster. */
import { CATALOG, FIRST_NORMAL_OID, PUBLIC_NAMESPACE_OID } from "./address.ts";
import { CURRENT_DATABASE } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

export interface CommentRow {
  readonly classoid: number;
  readonly objoid: number;
  /** A column's number, or 0 for the object itself. */
  readonly objsubid: number;
  readonly description: string;
}

export const comments: CatalogQuery<CommentRow> = {
  // Of what initdb created, the schema public is the one that users comment on. Large objects can have any oid.
  sql: () => `
    SELECT classoid, objoid, objsubid, description FROM pg_catalog.pg_description
    WHERE objoid >= ${FIRST_NORMAL_OID} OR (classoid = ${CATALOG.namespace} AND objoid = ${PUBLIC_NAMESPACE_OID})
       OR classoid = ${CATALOG.largeObject}
    UNION ALL
    SELECT classoid, objoid, 0, description FROM pg_catalog.pg_shdescription
    WHERE classoid = ${CATALOG.database}
      AND objoid = ${CURRENT_DATABASE}
    ORDER BY classoid, objoid, objsubid`,
};
