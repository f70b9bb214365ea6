/** Reads a whole catalog in one snapshot: a fixed number of statements, whatever the number of objects. */
import { accessMethods } from "./access-method.ts";
import { extensionUserObjects } from "./inferred/extension-user-object.ts";
import { type Address, address } from "./address.ts";
import { manualExtensionMembers } from "./inferred/manual-extension-member.ts";
import { aggregates } from "./aggregate.ts";
import { baseTypes } from "./base-type.ts";
import { casts } from "./cast.ts";
import { catalogTables } from "./coverage/catalog-table.ts";
import { collations } from "./collation.ts";
import { comments } from "./comment.ts";
import { compositeColumns } from "./composite-type.ts";
import { conversions } from "./conversion.ts";
import { database, type DatabaseRow } from "./database.ts";
import { columns } from "./column.ts";
import { constraints } from "./constraint.ts";
import { domainConstraints, domains } from "./domain.ts";
import { enumLabels } from "./enum-type.ts";
import { extensions } from "./extension.ts";
import { functions } from "./function.ts";
import { indexes } from "./index-relation.ts";
import { languages } from "./language.ts";
import { operators } from "./operator.ts";
import { operatorClasses, operatorFamilies, operatorMembers } from "./operator-class.ts";
import { policies } from "./policy.ts";
import { rangeTypes } from "./range-type.ts";
import { inherits, relations, tableSizes } from "./relation.ts";
import { rules } from "./rule.ts";
import { sequences } from "./sequence.ts";
import { staleColumnLists } from "./inferred/stale-column-list.ts";
import { statistics } from "./statistics.ts";
import {
  textSearchConfigurations,
  textSearchDictionaries,
  textSearchMappings,
  textSearchParsers,
  textSearchTemplates,
} from "./text-search.ts";
import { transforms } from "./transform.ts";
import { triggers } from "./trigger.ts";
import { defaultAcls } from "./default-acl.ts";
import { depends } from "./depend.ts";
import { changedPrivileges } from "./init-privs.ts";
import { databaseProperties, databaseSettings } from "./database-properties.ts";
import { eventTriggers } from "./event-trigger.ts";
import { foreignDataWrappers } from "./foreign-data-wrapper.ts";
import { foreignServers } from "./foreign-server.ts";
import { largeObjects } from "./large-object.ts";
import { publicationRelations, publications, publicationSchemas } from "./publication.ts";
import { subscriptions } from "./subscription.ts";
import { userMappings } from "./user-mapping.ts";
import { namespaces } from "./namespace.ts";
import type { CatalogQuery, Query } from "./query.ts";
import { roles } from "./role.ts";
import { securityLabels } from "./security-label.ts";
import { types } from "./type.ts";
import type { ServerVersion } from "./version.ts";

/** Every kind that is read. The file of the same name in `ddl/` writes it. */
const QUERIES = {
  accessMethods,
  extensionUserObjects,
  manualExtensionMembers,
  aggregates,
  baseTypes,
  casts,
  catalogTables,
  changedPrivileges,
  collations,
  columns,
  comments,
  compositeColumns,
  constraints,
  conversions,
  databaseProperties,
  databaseSettings,
  defaultAcls,
  depends,
  domainConstraints,
  domains,
  enumLabels,
  eventTriggers,
  extensions,
  foreignDataWrappers,
  foreignServers,
  functions,
  indexes,
  inherits,
  languages,
  largeObjects,
  namespaces,
  operatorClasses,
  operatorFamilies,
  operatorMembers,
  operators,
  policies,
  publicationRelations,
  publicationSchemas,
  publications,
  rangeTypes,
  relations,
  roles,
  rules,
  securityLabels,
  sequences,
  staleColumnLists,
  statistics,
  subscriptions,
  tableSizes,
  textSearchConfigurations,
  textSearchDictionaries,
  textSearchMappings,
  textSearchParsers,
  textSearchTemplates,
  transforms,
  triggers,
  types,
  userMappings,
} satisfies Record<string, CatalogQuery<unknown>>;

type Kind = keyof typeof QUERIES;

/**
 * Kinds with expressions over a table's columns. To print one, the server first reads all about the table, and keeps it
 * for the session: one connection has them all, and the others have what is left.
 */
const OVER_COLUMNS: readonly Kind[] = [
  "indexes",
  "constraints",
  "triggers",
  "policies",
  "statistics",
];
/** What takes longest of the others in a large schema, so that no connection ends long after the rest. */
const LONG: readonly Kind[] = ["columns", "relations", "depends", "sequences"];

type RowOf<Q> = Q extends CatalogQuery<infer Row> ? Row : never;

/** What the catalogs of one database hold, as one frozen value. */
export type Catalog = {
  readonly [K in Kind]: readonly RowOf<(typeof QUERIES)[K]>[];
} & {
  readonly version: ServerVersion;
  readonly database: DatabaseRow;
  /** The extension that each member object belongs to. */
  readonly members: ReadonlyMap<Address, number>;
};

export interface ReadCatalogOptions {
  /** Share the work with the first connection. */
  readonly others?: readonly Query[];
  /** Whether rows will be copied too. */
  readonly rows?: boolean;
}

/**
 * Reads the catalogs through connections whose transactions have one snapshot and an empty `search_path`.
 * @throws whatever they throw.
 */
export async function readCatalog(
  first: Query,
  version: ServerVersion,
  { others = [], rows: wantsRows = true }: ReadCatalogOptions = {},
): Promise<Catalog> {
  const [facts] = await first<DatabaseRow>(database.sql(version, false), {
    action: "read the database's properties",
  });
  const read: Record<string, readonly unknown[]> = {};
  const readKind = async (query: Query, kind: Kind): Promise<void> => {
    const one: CatalogQuery<unknown> = QUERIES[kind];
    const action = `read the ${kind.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
    const isWanted = version.major >= (one.since ?? 0) && (one.forRows !== true || wantsRows);
    read[kind] = isWanted ? await query(one.sql(version, facts!.isSuperuser), { action }) : [];
  };
  const rest = (Object.keys(QUERIES) as Kind[]).filter((kind) => !OVER_COLUMNS.includes(kind));
  const waiting = new Set([...LONG, ...rest]).values();
  const readWaiting = async (query: Query): Promise<void> => {
    for (const kind of waiting) await readKind(query, kind);
  };
  const readFirst = async (): Promise<void> => {
    for (const kind of OVER_COLUMNS) await readKind(first, kind);
    await readWaiting(first);
  };
  await Promise.all([readFirst(), ...others.map(readWaiting)]);
  const rows = read as unknown as Omit<Catalog, "version" | "database" | "members">;
  const members = new Map<Address, number>();
  for (const { classid, deptype, objids, refobjids } of rows.depends) {
    if (deptype !== "e") continue;
    objids.forEach((oid, n) => members.set(address(classid, oid), refobjids[n]!));
  }
  return Object.freeze({ ...rows, version, database: facts!, members });
}
