/**
 * Lists the user objects of a database: searches all catalogs of the server, listed in `covered.ts` or not. One row with a
 * list of oids is read per catalog, so that large schemas cost little.
 */
import { FIRST_NORMAL_OID } from "../address.ts";
import type { CatalogTableRow } from "./catalog-table.ts";
import { CATALOGS } from "./covered.ts";
import { KIND_VALUES } from "./kind-values.ts";
import { isMembership } from "../depend.ts";
import type { Query } from "../query.ts";

/** The user objects of one catalog. */
export interface UserObjects {
  /** The oid of the catalog. */
  readonly catalog: number;
  /** Null for none. */
  readonly oids: readonly number[] | null;
  /** Whether dumpable objects can define them; otherwise they are of an unknown kind. */
  readonly coverable: boolean;
}

/**
 * Schemas and relations whose objects are ignored: temporary ones, toast tables, members of extensions. There can be as many
 * relations as the schema has tables, so they are joined: the server reads the list of a NOT IN once for each row where it
 * does not fit into `work_mem`.
 */
const IGNORED = `
  WITH ignored_schema AS (
    SELECT oid FROM pg_catalog.pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_' OR nspname = 'pg_toast'),
  extension_relation AS (
    SELECT e.objid AS oid FROM pg_catalog.pg_depend e
    WHERE ${isMembership("e")} AND e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass),
  ignored_relation AS (
    SELECT oid FROM pg_catalog.pg_class WHERE relnamespace IN (SELECT oid FROM ignored_schema)
    UNION ALL
    SELECT oid FROM extension_relation)`;

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
      : [`NOT EXISTS (SELECT FROM ignored_relation i WHERE i.oid = o.${known.relation})`]),
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
 * @param catalogTables all catalogs of the server.
 * @throws whatever `query` throws.
 */
export function userObjects(
  query: Query,
  catalogTables: readonly CatalogTableRow[],
): Promise<UserObjects[]> {
  return query<UserObjects>(
    `${IGNORED}
  SELECT *, true AS coverable FROM (${catalogTables.flatMap(coverableObjects).join("\n  UNION ALL ")}) objects
  UNION ALL
  SELECT *, false FROM (${catalogTables.flatMap(unknownKinds).join("\n  UNION ALL ")}) kinds
  -- Sorted, so that the server is done before it sends the first row: the client may be busy planning and read late.
  ORDER BY catalog`,
  );
}
