/** Pieces in creation order: cycles repaired, and what needs rows or keys moved behind them. */
import type { Address } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import { unsupportedObjects } from "./unsupported-objects.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import { objectLabel } from "../util/label.ts";
import { cycles, repair } from "./cycles.ts";
import { dependencyGraph, type DependencyGraph } from "./graph.ts";
import { sort } from "./sort.ts";

/** Kinds that hold rows, which must exist before the data. */
const HOLDS_DATA: ReadonlySet<DumpableObject["kind"]> = new Set([
  "table",
  "sequence",
  "large-object",
]);

/**
 * The order in which to create `list`, as places in the graph's. Addresses of parts that had to be taken out of the
 * statement they belong to are added to `separate`, which the pieces' `sql` looks at.
 * @throws UnsupportedObjectError when objects need each other in a circle that SQL can't create.
 */
export function order(
  catalog: Catalog,
  list: readonly DumpableObject[],
  separate: Set<Address>,
): { sorted: number[]; graph: DependencyGraph } {
  for (;;) {
    const current = dependencyGraph(catalog, list, separate);
    const loops = cycles(current);
    const out = loops.length > 0 ? loops.flatMap((loop) => repair(current, loop)) : [];
    if (out.length === 0) {
      const moved = moveToPostData(current);
      if (moved.takeOut.length === 0) return { sorted: sort(moved.graph), graph: moved.graph };
      out.push(...moved.takeOut);
    }
    for (const object of out) separate.add(object.addresses[0]!);
  }
}

/**
 * What needs a post-data piece is post-data itself: a function whose body relies on a primary key, a materialized view
 * grouped by one. A table can't move, so what makes it need such a piece is taken out of it; nor should a view, on
 * which pre-data pieces may rest.
 */
function moveToPostData(current: DependencyGraph): {
  graph: DependencyGraph;
  takeOut: DumpableObject[];
} {
  const objects = [...current.objects];
  const takeOut: DumpableObject[] = [];
  const queue: number[] = [];
  objects.forEach(({ section }, place) => {
    if (section === "post-data") queue.push(place);
  });
  for (let needed = queue.pop(); needed !== undefined; needed = queue.pop()) {
    for (const place of current.neededBy[needed]!) {
      const object = objects[place]!;
      if (object.section === "post-data") continue;
      const part = current.because.get(place)?.get(needed);
      if (part !== undefined) {
        takeOut.push(objects[part]!);
      } else if (HOLDS_DATA.has(object.kind)) {
        throw unsupportedObjects([objectLabel(object)], {
          hint: `it must exist before its rows and needs ${objectLabel(objects[needed]!)}, which can only be made after them`,
        });
      } else {
        objects[place] = { ...object, section: "post-data" };
        queue.push(place);
      }
    }
  }
  return { graph: { ...current, objects }, takeOut };
}
