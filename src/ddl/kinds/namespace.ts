/**
 * CREATE SCHEMA. A new database has the schema public. Where the source has it too, its object is an empty entry to which
 * owner, comment and privileges refer; where the source dropped it, it is dropped.
 */
import { address, CATALOG } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { type DdlContext } from "../context.ts";
import { dropPublic } from "../public-schema.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { isUserSchema } from "../../catalog/user-schema.ts";

/** The oid of initdb's schema public (src/include/catalog/pg_namespace.dat), for the object that drops it. */
const PUBLIC_OID = 2200;

/** The comment that initdb sets on the schema public in every new database. */
const PUBLIC_COMMENT = "standard public schema";

export function namespaces({ catalog, isMember, role }: DdlContext): DumpableObject[] {
  const objects = catalog.namespaces
    .filter((row) => isUserSchema(row.name) && !isMember(CATALOG.namespace, row.oid))
    .map((row): DumpableObject => {
      const name = quoteIdent(row.name);
      const isPublic = row.name === "public";
      return {
        id: address(CATALOG.namespace, row.oid),
        kind: "schema",
        namespace: null,
        name: row.name,
        section: "pre-data",
        addresses: [address(CATALOG.namespace, row.oid)],
        sql: () => (isPublic ? [] : [`CREATE SCHEMA ${name}`]),
        target: `SCHEMA ${name}`,
        ...(isPublic ? { initialComment: PUBLIC_COMMENT } : {}),
        // From PostgreSQL 15 on pg_database_owner owns the schema public of a new database.
        ...(isPublic && role(row.owner) === "pg_database_owner" ? {} : { owner: row.owner }),
        privileges: {
          kind: "SCHEMA",
          on: `SCHEMA ${name}`,
          acl: row.acl,
          aclDefault: row.aclDefault,
        },
      };
    });
  if (catalog.namespaces.some((row) => row.name === "public")) return objects;
  const dropped = address(CATALOG.namespace, PUBLIC_OID);
  return [
    ...objects,
    {
      id: dropped,
      kind: "schema",
      namespace: null,
      name: "public",
      section: "pre-data",
      addresses: [dropped],
      sql: () => [dropPublic()],
    },
  ];
}
