/**
 * Object addresses as `pg_depend` writes them: the catalog's own oid and the object's. The oids of catalogs are
 * fixed by PostgreSQL (src/include/catalog/*.h) and the same on every supported version.
 */

/** `pg_class` and its neighbors by name, to the oid of the catalog. */
export const CATALOG = {
  accessMethod: 2601,
  attrdef: 2604,
  cast: 2605,
  class: 1259,
  collation: 3456,
  constraint: 2606,
  conversion: 2607,
  database: 1262,
  defaultAcl: 826,
  eventTrigger: 3466,
  extension: 3079,
  foreignDataWrapper: 2328,
  foreignServer: 1417,
  language: 2612,
  largeObject: 2613,
  namespace: 2615,
  opclass: 2616,
  operator: 2617,
  opfamily: 2753,
  parameterAcl: 6243,
  policy: 3256,
  proc: 1255,
  publication: 6104,
  publicationNamespace: 6237,
  publicationRel: 6106,
  rewrite: 2618,
  statistics: 3381,
  subscription: 6100,
  transform: 3576,
  trigger: 2620,
  tsConfig: 3602,
  tsDictionary: 3600,
  tsParser: 3601,
  tsTemplate: 3764,
  type: 1247,
  userMapping: 1418,
  amop: 2602,
  amproc: 2603,
} as const;

/**
 * The key under which an object is known everywhere in a dump: the catalog's oid and the object's in one number. A large
 * schema has a million look-ups by it, and a text would be built, hashed and compared for each.
 */
export type Address = number & { readonly of: "object" };

/** What an oid is below: four bytes without a sign. */
const OIDS = 2 ** 32;

export function address(catalog: number, oid: number): Address {
  // Exact: the oids of catalogs are small.
  return (catalog * OIDS + oid) as Address;
}

/** The oid of the catalog in which the object is. */
export function catalogOf(object: Address): number {
  return Math.floor(object / OIDS);
}

/** The object's own oid. */
export function oidOf(object: Address): number {
  return object - catalogOf(object) * OIDS;
}

/** Something known of many objects, by catalog and then oid: looked up without an address being made for it. */
export type ByAddress<Value> = ReadonlyMap<number, ReadonlyMap<number, Value>>;

export function setByAddress<Value>(
  map: Map<number, Map<number, Value>>,
  known: Address,
  value: Value,
): void {
  const catalog = catalogOf(known);
  const values = map.get(catalog);
  if (values === undefined) map.set(catalog, new Map([[oidOf(known), value]]));
  else values.set(oidOf(known), value);
}

/** The first oid that user objects can have (FirstNormalObjectId, src/include/access/transam.h). */
export const FIRST_NORMAL_OID = 16384;
