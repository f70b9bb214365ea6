/**
 * The loud check that nothing was forgotten: walks every catalog that the server has, known here or not, and names the
 * users' objects that no piece of the dump claims. Catalogs give lists of oids, so it stays cheap on large schemas.
 */
import { address, type ByAddress, FIRST_NORMAL_OID } from "../address.ts";
import type { CatalogTableRow } from "./catalog-table.ts";
import { CATALOGS, KIND_VALUES } from "./covered.ts";
import { saysMember } from "../depend.ts";
import type { Query } from "../query.ts";
import type { Catalog } from "../read.ts";

/** Something in the database that a dump would lose. */
export interface UncoveredObject {
  /** As `pg_identify_object` calls it: `function`, `operator of access method`. */
  readonly kind: string;
  /** Qualified and quoted as SQL. */
  readonly name: string;
  /** The schema's name, null for what lives in none. */
  readonly namespace: string | null;
}

/** The users' objects of one catalog; claimable when a piece can make them, else of a kind that is not known. */
export interface UserObjects {
  readonly catalog: number;
  readonly oids: readonly number[] | null;
  readonly coverable: boolean;
}

/** Schemas and relations that are passed over: temporary ones, toast tables, members of extensions. */
const PASSED = `
  WITH temporary AS (
    SELECT oid FROM pg_catalog.pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_' OR nspname = 'pg_toast'),
  passed AS (
    SELECT oid FROM pg_catalog.pg_class WHERE relnamespace IN (SELECT oid FROM temporary)
    UNION ALL
    SELECT e.objid FROM pg_catalog.pg_depend e
    WHERE ${saysMember("e")} AND e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass)`;

/** The oids of one catalog's objects that a piece has to claim. */
function objectsOf(table: CatalogTableRow): string[] {
  const known = CATALOGS[table.name];
  // A shared catalog that is not known belongs to the cluster like all others.
  if (!table.hasOid || (known?.how ?? (table.isShared ? "cluster" : "carried")) !== "carried")
    return [];
  const conditions = [
    ...(known?.anyOid === true ? [] : [`o.oid >= ${FIRST_NORMAL_OID}`]),
    ...(table.namespaceColumn === null
      ? []
      : [`o.${table.namespaceColumn} NOT IN (SELECT oid FROM temporary)`]),
    ...(known?.relation === undefined
      ? []
      : [`o.${known.relation} NOT IN (SELECT oid FROM passed)`]),
    ...(known?.except === undefined ? [] : [`NOT COALESCE(${known.except}, false)`]),
  ];
  return [
    `SELECT ${known?.addressedAs ?? table.oid} AS catalog, pg_catalog.array_agg(o.oid) AS oids
  FROM pg_catalog.${table.name} o WHERE ${conditions.length === 0 ? "true" : conditions.join(" AND ")}`,
  ];
}

/** Catalogs whose rows describe an object of another: that one's name, and the column that refers to it. */
const DESCRIBES: Readonly<Record<string, readonly [catalog: string, column: string]>> = {
  pg_aggregate: ["pg_proc", "aggfnoid"],
  pg_attribute: ["pg_class", "attrelid"],
  pg_partitioned_table: ["pg_class", "partrelid"],
};

/** Objects of one catalog with a value in a kind column that is not understood. */
function unknownKindsOf(table: CatalogTableRow): string[] {
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
 * Lists the users' objects, by one statement.
 * @throws whatever `query` throws.
 */
export function userObjects(query: Query, { catalogTables }: Catalog): Promise<UserObjects[]> {
  return query<UserObjects>(
    `${PASSED}
  SELECT *, true AS coverable FROM (${catalogTables.flatMap(objectsOf).join("\n  UNION ALL ")}) objects
  UNION ALL
  SELECT *, false FROM (${catalogTables.flatMap(unknownKindsOf).join("\n  UNION ALL ")}) kinds
  -- Complete before the first row is sent: whoever plans meanwhile reads late, and must not hold up the server.
  ORDER BY catalog`,
  );
}

/**
 * The users' objects that are in the database and that nothing claims, in a stable order.
 * @param covered every address that some piece of the whole database carries, whether it was selected or not.
 * @param listed what `userObjects` gave.
 * @throws whatever `query` throws.
 */
export async function uncovered(
  query: Query,
  catalog: Catalog,
  covered: ByAddress<unknown>,
  listed: readonly UserObjects[],
): Promise<UncoveredObject[]> {
  const found = listed.flatMap(({ catalog: classid, oids, coverable }) => {
    const known = coverable ? covered.get(classid) : undefined;
    const left = (oids ?? []).filter(
      (oid) => known?.has(oid) !== true && !catalog.members.has(address(classid, oid)),
    );
    const parts = coverable && left.length > 0 ? internal(catalog, classid) : undefined;
    return left.filter((oid) => parts?.has(oid) !== true).map((oid) => ({ classid, oid }));
  });
  return found.length === 0 ? [] : await describe(query, catalog.catalogTables, found);
}

/** The objects of one catalog that are a part of another object. */
function internal({ depends }: Catalog, catalog: number): ReadonlySet<number> {
  return new Set(
    depends
      .filter(({ classid, deptype }) => classid === catalog && "iPS".includes(deptype))
      .flatMap(({ objids }) => objids),
  );
}

async function describe(
  query: Query,
  tables: readonly CatalogTableRow[],
  found: readonly { classid: number; oid: number }[],
): Promise<UncoveredObject[]> {
  // The server can't name rows of a catalog that is no class of objects, and would fail on them.
  const known = new Set(tables.filter(({ name }) => name in CATALOGS).map(({ oid }) => oid));
  const named = found.filter(({ classid }) => known.has(classid));
  const others = found.filter(({ classid }) => !known.has(classid));
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
