/** Finds user objects that a dump would lose: those that no dumpable object defines. */
import { address, type ByAddress } from "../address.ts";
import type { CatalogTableRow } from "./catalog-table.ts";
import { CATALOGS } from "./covered.ts";
import type { Query } from "../query.ts";
import type { Catalog } from "../read.ts";
import { groupBy } from "../../util/group-by.ts";
import { orphanName, type OrphanRow } from "./undeparsable.ts";
import type { UserObjects } from "./user-objects.ts";

/** An object that a dump would lose. */
export interface UncoveredObject {
  /** As `pg_identify_object` calls it: `function`, `operator of access method`. */
  readonly kind: string;
  /** Qualified and quoted as SQL. */
  readonly name: string;
  /** The name of the schema; null for objects that are in none. */
  readonly namespace: string | null;
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

interface Address {
  /** The oid of the catalog. */
  readonly classid: number;
  readonly oid: number;
}

/** The names of objects. */
async function describe(
  query: Query,
  tables: readonly CatalogTableRow[],
  addresses: readonly Address[],
): Promise<UncoveredObject[]> {
  const orphans = await withoutSchema(query, tables, addresses);
  // pg_identify_object() fails for rows of catalogs that it does not know.
  const identifiable = new Set(tables.filter(({ name }) => name in CATALOGS).map(({ oid }) => oid));
  const isNamed = ({ classid, oid }: Address): boolean =>
    identifiable.has(classid) && orphans.get(classid)?.has(oid) !== true;
  const named = addresses.filter(isNamed);
  const others = addresses.filter((each) => !isNamed(each));
  const rows =
    named.length === 0
      ? []
      : await query<UncoveredObject>(`
    SELECT DISTINCT i.type AS kind, COALESCE(i.identity, 'oid ' || o.objid) AS name, i.schema AS namespace
    FROM ROWS FROM (pg_catalog.unnest('{${named.map(({ classid }) => classid).join(",")}}'::pg_catalog.oid[]),
                    pg_catalog.unnest('{${named.map(({ oid }) => oid).join(",")}}'::pg_catalog.oid[])) AS o(classid, objid),
      LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, 0) AS i
    ORDER BY 1, 2`);
  return [
    ...rows,
    ...others.map(({ classid, oid }) => ({
      kind: tables.find((table) => table.oid === classid)?.name ?? `catalog ${classid}`,
      name: orphans.get(classid)?.get(oid) ?? String(oid),
      namespace: null,
    })),
  ];
}

/**
 * Objects whose schema is gone, as a damaged catalog leaves them, by catalog and oid, each with what it is called:
 * pg_identify_object() crashes the server for them.
 */
async function withoutSchema(
  query: Query,
  tables: readonly CatalogTableRow[],
  addresses: readonly Address[],
): Promise<ReadonlyMap<number, ReadonlyMap<number, string>>> {
  const selects = [...groupBy(addresses, ({ classid }) => classid)].flatMap(
    ([classid, objects]) => {
      const table = tables.find(({ oid }) => oid === classid);
      if (table === undefined || table.namespaceColumn === null) return [];
      const { name, namespaceColumn } = table;
      return [
        // The catalog of default privileges has no names.
        `SELECT ${classid} AS classid, o.oid, pg_catalog.to_jsonb(o) ->> '${namespaceColumn.replace(/namespace$/, "name")}' AS name, o.${namespaceColumn} AS namespace
       FROM pg_catalog.${name} o
       WHERE o.oid IN (${objects.map(({ oid }) => oid).join(", ")})
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.oid = o.${namespaceColumn})`,
      ];
    },
  );
  if (selects.length === 0) return new Map();
  const rows = await query<Address & OrphanRow>(selects.join("\n  UNION ALL "));
  return new Map(
    [...groupBy(rows, ({ classid }) => classid)].map(([classid, objects]) => [
      classid,
      new Map(objects.map((row) => [row.oid, orphanName(row)])),
    ]),
  );
}
