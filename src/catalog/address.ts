/**
 * Object addresses as in `pg_depend`: the oid of a system catalog and the oid of the object in it. The oids of catalogs
 * are fixed by PostgreSQL (src/include/catalog/*.h) and the same in all supported versions.
 */

/** The oids of the system catalogs. */
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
 * The oids of a catalog and of an object in it as one number, by which objects are looked up everywhere. A large schema
 * needs a million look-ups, and a string would have to be built, hashed and compared for each.
 */
export type Address = number & { readonly of: "object" };

/**
 * For the addresses of function bodies, which are no objects in `pg_depend`: what a body refers to, its function depends
 * on. No catalog has this oid.
 */
export const FUNCTION_BODY = 0;

/** All oids are below: they are unsigned integers of four bytes. */
const OID_LIMIT = 2 ** 32;

export function address(catalog: number, oid: number): Address {
  // The oids of catalogs are small, so the product is a safe integer.
  return (catalog * OID_LIMIT + oid) as Address;
}

/** The oid of the catalog in which the object is. */
export function catalogOf(object: Address): number {
  return Math.floor(object / OID_LIMIT);
}

/** The object's own oid. */
export function oidOf(object: Address): number {
  return object - catalogOf(object) * OID_LIMIT;
}

/** Values by catalog and then oid: they can be looked up without making an address. */
export type ByAddress<Value> = ReadonlyMap<number, ReadonlyMap<number, Value>>;

export function setByAddress<Value>(
  map: Map<number, Map<number, Value>>,
  key: Address,
  value: Value,
): void {
  const catalog = catalogOf(key);
  const oid = key - catalog * OID_LIMIT;
  const values = map.get(catalog);
  if (values === undefined) map.set(catalog, new Map([[oid, value]]));
  else values.set(oid, value);
}

/** The least oid of user objects (FirstNormalObjectId, src/include/access/transam.h). */
export const FIRST_NORMAL_OID = 16384;

/** The oid of the schema `public` that initdb creates (src/include/catalog/pg_namespace.dat). */
export const PUBLIC_NAMESPACE_OID = 2200;
