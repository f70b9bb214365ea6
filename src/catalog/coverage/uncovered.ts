/**
 * Finds user objects that a dump would lose: searches all catalogs of the server, listed in `covered.ts` or not, for
 * objects that no dumpable object defines. One row with a list of oids is read per catalog, so that large schemas cost
 * little.
 */
import { address, type ByAddress, FIRST_NORMAL_OID } from "../address.ts";
import type { CatalogTableRow } from "./catalog-table.ts";
import { CATALOGS } from "./covered.ts";
import { KIND_VALUES } from "./kind-values.ts";
import { isMembership } from "../depend.ts";
import type { Query } from "../query.ts";
import type { Catalog } from "../read.ts";

/** An object that a dump would lose. */
export interface UncoveredObject {
  /** As `pg_identify_object` calls it: `function`, `operator of access method`. */
  readonly kind: string;
  /** Qualified and quoted as SQL. */
  readonly name: string;
  /** The name of the schema; null for objects that are in none. */
  readonly namespace: string | null;
}

/** The user objects of one catalog. */
export interface UserObjects {
  /** The oid of the catalog. */
  readonly catalog: number;
  /** Null for none. */
  readonly oids: readonly number[] | null;
  /** Whether dumpable objects can define them; otherwise they are of an unknown kind. */
  readonly coverable: boolean;
}

/** Schemas and relations whose objects are ignored: temporary ones, toast tables, members of extensions. */
const IGNORED = `
  WITH ignored_schema AS (
    SELECT oid FROM pg_catalog.pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_' OR nspname = 'pg_toast'),
  ignored_relation AS (
    SELECT oid FROM pg_catalog.pg_class WHERE relnamespace IN (SELECT oid FROM ignored_schema)
    UNION ALL
    SELECT e.objid FROM pg_catalog.pg_depend e
    WHERE ${isMembership("e")} AND e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass)`;

/** A query for the objects of one catalog that must be covered; none for catalogs without such objects. */
function coverableObjects(table: CatalogTableRow): string[] {
  const known = CATALOGS[table.name];
  // An unknown catalog that is shared belongs to the cluster like all others.
  if (!table.hasOid || (known?.how ?? (table.isShared ? "cluster" : "dumped")) !== "dumped")
    return [];
  const conditions = [
    ...(known?.anyOid === true ? [] : [`o.oid >= ${FIRST_NORMAL_OID}`]),
    ...(table.namespaceColumn === null
      ? []
      : [`o.${table.namespaceColumn} NOT IN (SELECT oid FROM ignored_schema)`]),
    ...(known?.relation === undefined
      ? []
      : [`o.${known.relation} NOT IN (SELECT oid FROM ignored_relation)`]),
    ...(known?.except === undefined ? [] : [`NOT COALESCE(${known.except}, false)`]),
  ];
  return [
    `SELECT ${known?.addressedAs ?? table.oid} AS catalog, pg_catalog.array_agg(o.oid) AS oids
  FROM pg_catalog.${table.name} o WHERE ${conditions.length === 0 ? "true" : conditions.join(" AND ")}`,
  ];
}

/** Catalogs whose rows describe objects of another catalog: its name and the column that refers to its objects. */
const DESCRIBES: Readonly<Record<string, readonly [catalog: string, column: string]>> = {
  pg_aggregate: ["pg_proc", "aggfnoid"],
  pg_attribute: ["pg_class", "attrelid"],
  pg_partitioned_table: ["pg_class", "partrelid"],
};

/** A query for the objects of one catalog with an unknown value in a column that tells kinds apart. */
function unknownKinds(table: CatalogTableRow): string[] {
  const [catalog, column] = DESCRIBES[table.name] ?? [table.name, "oid"];
  if (column === "oid" && !table.hasOid) return [];
  const conditions = table.kindColumns.flatMap((kind) => {
    const values = KIND_VALUES[`${table.name}.${kind}`];
    return values === undefined || values === null
      ? []
      : [`o.${kind} NOT IN (${values.map((value) => `'${value}'`).join(", ")})`];
  });
  if (conditions.length === 0) return [];
  return [
    `SELECT 'pg_catalog.${catalog}'::pg_catalog.regclass::pg_catalog.oid::pg_catalog.int4, pg_catalog.array_agg(o.${column}::pg_catalog.oid)
  FROM pg_catalog.${table.name} o WHERE o.${column} >= ${FIRST_NORMAL_OID} AND (${conditions.join(" OR ")})`,
  ];
}

/**
 * Lists all user objects with one statement.
 * @throws whatever `query` throws.
 */
export function userObjects(query: Query, { catalogTables }: Catalog): Promise<UserObjects[]> {
  return query<UserObjects>(
    `${IGNORED}
  SELECT *, true AS coverable FROM (${catalogTables.flatMap(coverableObjects).join("\n  UNION ALL ")}) objects
  UNION ALL
  SELECT *, false FROM (${catalogTables.flatMap(unknownKinds).join("\n  UNION ALL ")}) kinds
  -- Sorted, so that the server is done before it sends the first row: the client may be busy planning and read late.
  ORDER BY catalog`,
  );
}

/**
 * The user objects that are not covered, in a stable order.
 * @param covered the database objects that dumpable objects of the whole database define, selected or not.
 * @param listed the result of `userObjects`.
 * @throws whatever `query` throws.
 */
export async function uncovered(
  query: Query,
  catalog: Catalog,
  covered: ByAddress<unknown>,
  listed: readonly UserObjects[],
): Promise<UncoveredObject[]> {
  const addresses = listed.flatMap(({ catalog: classid, oids, coverable }) => {
    const defined = coverable ? covered.get(classid) : undefined;
    const undefinedOids = (oids ?? []).filter(
      (oid) => defined?.has(oid) !== true && !catalog.members.has(address(classid, oid)),
    );
    const parts = coverable && undefinedOids.length > 0 ? partsOf(catalog, classid) : undefined;
    return undefinedOids.filter((oid) => parts?.has(oid) !== true).map((oid) => ({ classid, oid }));
  });
  return addresses.length === 0 ? [] : await describe(query, catalog.catalogTables, addresses);
}

/** The objects of one catalog that are parts of another object. */
function partsOf({ depends }: Catalog, catalog: number): ReadonlySet<number> {
  return new Set(
    depends
      .filter(({ classid, deptype }) => classid === catalog && "iPS".includes(deptype))
      .flatMap(({ objids }) => objids),
  );
}

/** The names of objects. */
async function describe(
  query: Query,
  tables: readonly CatalogTableRow[],
  addresses: readonly { classid: number; oid: number }[],
): Promise<UncoveredObject[]> {
  // pg_identify_object() fails for rows of catalogs that it does not know.
  const identifiable = new Set(tables.filter(({ name }) => name in CATALOGS).map(({ oid }) => oid));
  const named = addresses.filter(({ classid }) => identifiable.has(classid));
  const others = addresses.filter(({ classid }) => !identifiable.has(classid));
  const rows =
    named.length === 0
      ? []
      : await query<UncoveredObject>(`
    SELECT DISTINCT i.type AS kind, i.identity AS name, i.schema AS namespace
    FROM ROWS FROM (pg_catalog.unnest('{${named.map(({ classid }) => classid).join(",")}}'::pg_catalog.oid[]),
                    pg_catalog.unnest('{${named.map(({ oid }) => oid).join(",")}}'::pg_catalog.oid[])) AS o(classid, objid),
      LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, 0) AS i
    ORDER BY 1, 2`);
  return [
    ...rows,
    ...others.map(({ classid, oid }) => ({
      kind: tables.find((table) => table.oid === classid)?.name ?? `catalog ${classid}`,
      name: String(oid),
      namespace: null,
    })),
  ];
}
