/** Reads the catalogs of a database in one snapshot, with a fixed number of statements, whatever the number of objects. */
import { type Address, address } from "./address.ts";
import { catalogTables, type CatalogTableRow } from "./coverage/catalog-table.ts";
import { database, type DatabaseRow } from "./database.ts";
import type { DependRow } from "./depend.ts";
import { type CatalogRow, mayHoldKeyword, quoteKeywords, readNewerKeywords } from "./keywords.ts";
import { QUERIES } from "./queries.ts";
import type { CatalogQuery, Query } from "./query.ts";
import type { ServerVersion } from "./version.ts";

type Kind = keyof typeof QUERIES;

const KINDS = Object.keys(QUERIES) as Kind[];

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

/**
 * Statements that a connection was sent and has not answered, so that it always has the next one at hand. One alone is
 * sent all at once; where connections share the work, none takes much more than it can do before the other.
 */
const PENDING = { alone: KINDS.length, shared: 2 } as const;

export interface ReadCatalogOptions {
  /** More connections to share the work with. */
  readonly others?: readonly Query[];
  /** Whether the rows of tables will be copied too. Default: true. */
  readonly rows?: boolean;
  /** Whether the session's role is a superuser, where that is known: then the server has all statements at once. */
  readonly isSuperuser?: boolean | undefined;
  /**
   * Called with the list of catalogs when the first statements were sent, all of them if no others share the work: to make
   * use of the time in which the server runs them.
   */
  readonly onReading?: (tables: readonly CatalogTableRow[]) => void;
}

/**
 * Reads the catalogs through connections whose transactions share one snapshot and have an empty `search_path`. Each must
 * accept further statements before it answered the last.
 * @throws whatever the connections throw, when nothing runs any more.
 */
export async function readCatalog(
  first: Query,
  version: ServerVersion,
  { others = [], rows: withRows = true, isSuperuser, onReading }: ReadCatalogOptions = {},
): Promise<Catalog> {
  const opening = Promise.all([
    first<DatabaseRow>(database.sql(version, false), { action: "read the database's properties" }),
    readNewerKeywords(first),
    first<CatalogTableRow & CatalogRow>(catalogTables.sql(version, false), {
      action: "read the catalog tables",
    }),
  ]);
  const result: Record<string, readonly CatalogRow[]> = {};
  const withKeywords: Kind[] = [];
  const rowsOf = async (query: Query, kind: Kind): Promise<readonly CatalogRow[]> => {
    const { sql, since = 0, forRows }: CatalogQuery<unknown> = QUERIES[kind];
    if (version.major < since || (forRows === true && !withRows)) return [];
    const hasAllRights = isSuperuser ?? (await opening)[0][0]!.isSuperuser;
    return query(sql(version, hasAllRights), { action: `read the ${words(kind)}` });
  };
  const read = async (query: Query, kind: Kind): Promise<void> => {
    const rows = await rowsOf(query, kind);
    result[kind] = rows;
    const [, keywords] = await opening;
    // Here, while the server runs the next statements.
    if (mayHoldKeyword(rows, keywords)) withKeywords.push(kind);
  };
  const rest = KINDS.filter((kind) => !OVER_COLUMNS.includes(kind) && kind !== "catalogTables");
  // One iterator for all: each loop takes the next kind when it is done with the last.
  const queue = new Set([...SLOW, ...rest]).values();
  const ofFirst = OVER_COLUMNS.values();
  const reading = loopOnEach([first, ...others], async (query) => {
    if (query === first) for (const kind of ofFirst) await read(query, kind);
    for (const kind of queue) await read(query, kind);
  });
  // A failure of the first statements is one of the others, too, which need their answers.
  opening.then(
    ([, , tables]) => onReading?.(tables),
    () => {},
  );
  await reading;
  const [[facts], keywords, tables] = await opening;
  result["catalogTables"] = tables;
  await quoteKeywords(first, result, {
    keywords,
    kinds: withKeywords,
    rowsOf: (kind) => rowsOf(first, kind as Kind),
  });
  const rows = result as unknown as CatalogRows;
  return Object.freeze({ ...rows, version, database: facts!, members: membersOf(rows.depends) });
}

/**
 * Runs the loop several times on each connection, which lets it send statements before it has all answers.
 * @throws the first error, when all loops have ended.
 */
async function loopOnEach(
  queries: readonly Query[],
  loop: (query: Query) => Promise<void>,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  const loops = queries.flatMap((query) =>
    Array.from({ length: queries.length > 1 ? PENDING.shared : PENDING.alone }, () =>
      loop(query).catch((error: unknown) => {
        failure ??= { error };
      }),
    ),
  );
  await Promise.all(loops);
  if (failure !== undefined) throw failure.error;
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
