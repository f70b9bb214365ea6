/** What every emitter is given: the catalog, look-ups over it, and the decisions of the plan. */
import { type Address, address, CATALOG } from "../catalog/address.ts";
import { namespaceNames } from "../catalog/namespace.ts";
import type { Catalog } from "../catalog/read.ts";
import { isUserSchema } from "../catalog/user-schema.ts";

export interface DdlOptions {
  /** Leave out TABLESPACE clauses. */
  readonly noTablespaces: boolean;
  /** Leave out table access methods. */
  readonly noTableAccessMethod: boolean;
  /** Carry the options of user mappings and the passwords in connection strings of subscriptions. */
  readonly userMappingSecrets: boolean;
  /** Carry what belongs to the database itself: comment, owner, privileges, settings, connection limit. */
  readonly databaseProperties: boolean;
  /**
   * Leave out what older majors cannot know, and write the rest as the newest does, so that the same schema gives the
   * same SQL on all. Default: false.
   */
  readonly reproducible?: boolean;
}

export interface DdlContext {
  readonly catalog: Catalog;
  readonly options: DdlOptions;
  /**
   * Addresses that the plan took out of the object they belong to, to break a cycle: a default or a check of a table
   * (then written by ALTER TABLE), a view's query (the view is made as an empty shell first), a domain's constraint.
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
    // A namespace that is not listed is another session's pg_temp: system all the same.
    namespace: (oid) => namespaces.get(oid) ?? "pg_temp",
    // A dropped role can still be named by old privileges: PostgreSQL prints its oid.
    role: (oid) => roles.get(oid) ?? String(oid),
    isMember: (catalogOid, oid) => catalog.members.has(address(catalogOid, oid)),
    isSystemNamespace: (oid) => system.has(oid) || !namespaces.has(oid),
  };
}

/** The address of a schema's piece, which everything inside it requires through `pg_depend`. */
export function namespaceAddress(oid: number): Address {
  return address(CATALOG.namespace, oid);
}
