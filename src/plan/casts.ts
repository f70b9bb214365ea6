/**
 * Casts by functions of users come after all objects before the data that do not use them, and before those that do. No
 * name tells a cast from what PostgreSQL does without it: in a view that is older than the cast, `x::text` would call its
 * function after a restore, and in a domain that comes before the cast it would not.
 */
import { type ByAddress, CATALOG } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import { reachable } from "../util/graph.ts";

/** A cast, by the index of its object, with all that must exist before it. */
interface FunctionCast {
  readonly cast: number;
  readonly required: ReadonlySet<number>;
}

/** The casts by each function, by its oid. */
export type CastsByFunction = ReadonlyMap<number, readonly FunctionCast[]>;

/**
 * @param defining the object that creates each database object.
 * @param requires for each object, those that must exist before it.
 */
export function castsByFunction(
  { depends }: Catalog,
  defining: ByAddress<number>,
  requires: readonly (readonly number[])[],
): CastsByFunction {
  const byFunction = new Map<number, FunctionCast[]>();
  for (const { classid, refclassid, objids, refobjids } of depends) {
    if (classid !== CATALOG.cast || refclassid !== CATALOG.proc) continue;
    objids.forEach((oid, n) => {
      const cast = defining.get(CATALOG.cast)?.get(oid);
      if (cast === undefined) return;
      const casts = byFunction.get(refobjids[n]!) ?? [];
      casts.push({ cast, required: reachable(requires, cast) });
      byFunction.set(refobjids[n]!, casts);
    });
  }
  return byFunction;
}

/** Catalogs of objects with expressions. */
const WITH_EXPRESSIONS: ReadonlySet<number> = new Set([
  CATALOG.attrdef,
  CATALOG.class,
  CATALOG.constraint,
  CATALOG.policy,
  CATALOG.proc,
  CATALOG.publicationRel,
  CATALOG.rewrite,
  CATALOG.statistics,
  CATALOG.trigger,
  CATALOG.type,
]);

/**
 * The casts that come before an object that depends on a function, except those that need the object. An expression with
 * a cast depends on its function, and not on the cast (`find_expr_references_walker()`, src/backend/catalog/dependency.c).
 */
export function castsBefore(
  casts: CastsByFunction,
  func: number,
  { classid, object }: { readonly classid: number; readonly object: number },
): number[] {
  if (!WITH_EXPRESSIONS.has(classid)) return [];
  return (casts.get(func) ?? [])
    .filter(({ required }) => !required.has(object))
    .map(({ cast }) => cast);
}
