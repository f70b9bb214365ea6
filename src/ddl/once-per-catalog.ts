/** Look-ups over a whole catalog, which many emitters share. */
import type { Catalog } from "../catalog/read.ts";

/** The function, which computes its value only once for each catalog. It must not depend on options. */
export function oncePerCatalog<Context extends { readonly catalog: Catalog }, Value>(
  compute: (context: Context) => Value,
): (context: Context) => Value {
  const values = new WeakMap<Catalog, { readonly value: Value }>();
  return (context) => {
    let known = values.get(context.catalog);
    if (known === undefined) {
      known = { value: compute(context) };
      values.set(context.catalog, known);
    }
    return known.value;
  };
}
