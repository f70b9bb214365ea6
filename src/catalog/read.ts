/** Reads the catalogs of a database in one snapshot, with a fixed number of statements, whatever the number of objects. */
import { type Address, address } from "./address.ts";
import { database, type DatabaseRow } from "./database.ts";
import type { DependRow } from "./depend.ts";
import { queryQuoted, readNewerKeywords } from "./keywords.ts";
import { QUERIES } from "./queries.ts";
import type { CatalogQuery, Query } from "./query.ts";
import type { ServerVersion } from "./version.ts";

type Kind = keyof typeof QUERIES;

type RowOf<Q> = Q extends CatalogQuery<infer Row> ? Row : never;

type CatalogRows = { readonly [K in Kind]: readonly RowOf<(typeof QUERIES)[K]>[] };

/** The contents of the catalogs of one database, as one frozen value. */
export type Catalog = CatalogRows & {
  readonly version: ServerVersion;
  readonly database: DatabaseRow;
  /** The oid of the extension that each member belongs to. */
  readonly members: ReadonlyMap<Address, number>;
};

/**
 * Kinds with expressions over the columns of a table. To deparse one, the server first reads all about the table and
 * caches it for the session, so one connection reads all of these while the others read the rest.
 */
const OVER_COLUMNS: readonly Kind[] = [
  "indexes",
  "constraints",
  "triggers",
  "policies",
  "statistics",
];
/** The slowest of the others in a large schema. They are read first, so that all connections finish at about one time. */
const SLOW: readonly Kind[] = ["columns", "relations", "depends", "sequences"];

export interface ReadCatalogOptions {
  /** More connections to share the work with. */
  readonly others?: readonly Query[];
  /** Whether the rows of tables will be copied too. Default: true. */
  readonly rows?: boolean;
}

/**
 * Reads the catalogs through connections whose transactions share one snapshot and have an empty `search_path`.
 * @throws whatever the connections throw.
 */
export async function readCatalog(
  first: Query,
  version: ServerVersion,
  { others = [], rows: withRows = true }: ReadCatalogOptions = {},
): Promise<Catalog> {
  const [facts] = await first<DatabaseRow>(database.sql(version, false), {
    action: "read the database's properties",
  });
  const keywords = await readNewerKeywords(first);
  const result: Record<string, readonly unknown[]> = {};
  const readKind = async (query: Query, kind: Kind): Promise<void> => {
    const { sql, since = 0, forRows }: CatalogQuery<unknown> = QUERIES[kind];
    const isRead = version.major >= since && (withRows || forRows !== true);
    const action = `read the ${words(kind)}`;
    result[kind] = isRead
      ? await queryQuoted(query, sql(version, facts!.isSuperuser), { action }, keywords)
      : [];
  };
  const rest = (Object.keys(QUERIES) as Kind[]).filter((kind) => !OVER_COLUMNS.includes(kind));
  // One iterator for all connections: each takes the next kind when it is done with the last.
  const queue = new Set([...SLOW, ...rest]).values();
  const readQueue = async (query: Query): Promise<void> => {
    for (const kind of queue) await readKind(query, kind);
  };
  const readFirst = async (): Promise<void> => {
    for (const kind of OVER_COLUMNS) await readKind(first, kind);
    await readQueue(first);
  };
  await Promise.all([readFirst(), ...others.map(readQueue)]);
  const rows = result as unknown as CatalogRows;
  return Object.freeze({ ...rows, version, database: facts!, members: membersOf(rows.depends) });
}

/** `changed privileges` of `changedPrivileges`. */
function words(kind: Kind): string {
  return kind.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The extensions of all members. */
function membersOf(depends: readonly DependRow[]): Map<Address, number> {
  const members = new Map<Address, number>();
  for (const { classid, deptype, objids, refobjids } of depends) {
    if (deptype !== "e") continue;
    objids.forEach((oid, n) => members.set(address(classid, oid), refobjids[n]!));
  }
  return members;
}
