/** The input of every emitter: the catalog, look-ups over it, options, and the decisions of the plan. */
import { type Address, address, CATALOG } from "../catalog/address.ts";
import { namespaceNames } from "../catalog/namespace.ts";
import type { Catalog } from "../catalog/read.ts";
import { isUserSchema } from "../catalog/user-schema.ts";

export interface DdlOptions {
  /** Leave out TABLESPACE clauses. */
  readonly noTablespaces: boolean;
  /** Leave out table access methods. */
  readonly noTableAccessMethod: boolean;
  /** Leave out the compression methods of columns. */
  readonly noToastCompression: boolean;
  /** Write the options of user mappings and the passwords in connection strings of subscriptions. */
  readonly userMappingSecrets: boolean;
  /** Write the properties of the database itself: comment, owner, privileges, settings, connection limit. */
  readonly databaseProperties: boolean;
  /**
   * Leave out what older majors do not record, and write everything else as the newest does, so that one schema gives
   * the same SQL on all of them. Default: false.
   */
  readonly reproducible?: boolean;
}

export interface DdlContext {
  readonly catalog: Catalog;
  readonly options: DdlOptions;
  /**
   * Addresses of objects that the plan took out of the statement of another (`DumpableObject.inline`), to break a
   * dependency cycle: a default or check of a table (then written by ALTER TABLE), the query of a view (which is created
   * as an empty shell first), a check of a domain, the body and the defaults of a function (FUNCTION_BODY).
   */
  readonly separate: ReadonlySet<Address>;
  /** Name of a schema. */
  readonly namespace: (oid: number) => string;
  /** Name of a role, unquoted. */
  readonly role: (oid: number) => string;
  /** Whether the object belongs to an extension, which creates it. */
  readonly isMember: (catalog: number, oid: number) => boolean;
  /** Whether objects of this schema are PostgreSQL's own and never dumped. */
  readonly isSystemNamespace: (oid: number) => boolean;
}

export function ddlContext(
  catalog: Catalog,
  options: DdlOptions,
  separate: ReadonlySet<Address> = new Set(),
): DdlContext {
  const namespaces = namespaceNames(catalog.namespaces);
  const roles = new Map(catalog.roles.map((row) => [row.oid, row.name]));
  const system = new Set(
    catalog.namespaces.filter((row) => !isUserSchema(row.name)).map((row) => row.oid),
  );
  return {
    catalog,
    options,
    separate,
    // A schema that is not listed is another session's pg_temp.
    namespace: (oid) => namespaces.get(oid) ?? "pg_temp",
    // Privileges can name a role that was dropped: PostgreSQL prints its oid.
    role: (oid) => roles.get(oid) ?? String(oid),
    isMember: (catalogOid, oid) => catalog.members.has(address(catalogOid, oid)),
    isSystemNamespace: (oid) => system.has(oid) || !namespaces.has(oid),
  };
}

/** The address of a schema, on which everything inside it depends by `pg_depend`. */
export function namespaceAddress(oid: number): Address {
  return address(CATALOG.namespace, oid);
}
