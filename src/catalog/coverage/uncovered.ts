/** Finds user objects that a dump would lose: those that no dumpable object defines. */
import { address, type ByAddress } from "../address.ts";
import type { CatalogTableRow } from "./catalog-table.ts";
import { CATALOGS } from "./covered.ts";
import type { Query } from "../query.ts";
import type { Catalog } from "../read.ts";
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
