/** The order of creation: cycles broken, and what depends on post-data objects moved to post-data. */
import type { Address } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import { objectLabel } from "../util/label.ts";
import { dependencyCycles, FUNCTION_KINDS, partsToSeparate } from "./cycles.ts";
import { dependencyGraph, type DependencyGraph } from "./graph.ts";
import { sort } from "./sort.ts";
import { unsupportedObjects } from "./unsupported-objects.ts";

/** Kinds that must exist before the data is restored. */
const BEFORE_DATA: ReadonlySet<DumpableObject["kind"]> = new Set([
  "table",
  "sequence",
  "large-object",
]);

/**
 * The order in which to create the objects, as indexes in the graph's. Each round finds parts that must not be written
 * inline and builds the graph again without them, until there is nothing left to separate.
 *
 * @param separate receives the addresses of these parts; the objects' `sql` reads it (see `DdlContext.separate`).
 * @throws UnsupportedObjectError when objects depend on each other in a cycle that SQL cannot create.
 */
export function order(
  catalog: Catalog,
  objects: readonly DumpableObject[],
  separate: Set<Address>,
): { sorted: number[]; graph: DependencyGraph } {
  for (;;) {
    const current = dependencyGraph(catalog, objects, separate);
    let parts = dependencyCycles(current).flatMap((cycle) => partsToSeparate(current, cycle));
    if (parts.length === 0) {
      const moved = moveToPostData(current);
      if (moved.parts.length === 0) return { sorted: sort(moved.graph), graph: moved.graph };
      parts = moved.parts;
    }
    for (const part of parts) separate.add(part.addresses[0]!);
  }
}

/**
 * Moves objects that depend on a post-data object to post-data: a function whose body relies on a primary key, a
 * materialized view that is grouped by one. A table cannot move, so the part that depends on such an object is separated
 * from it. So is a view's query, because pre-data objects may depend on the view.
 */
function moveToPostData(current: DependencyGraph): {
  graph: DependencyGraph;
  parts: DumpableObject[];
} {
  const objects = [...current.objects];
  const parts: DumpableObject[] = [];
  const queue: number[] = [];
  objects.forEach(({ section }, index) => {
    if (section === "post-data") queue.push(index);
  });
  for (let required = queue.pop(); required !== undefined; required = queue.pop()) {
    for (const index of current.requiredBy[required]!) {
      const object = objects[index]!;
      if (object.section === "post-data") continue;
      const part = current.inlineParts.get(index)?.get(required);
      // A function moves with its body: without it, it could not be called while rows are loaded.
      if (part !== undefined && !FUNCTION_KINDS.includes(objects[part]!.kind)) {
        parts.push(objects[part]!);
      } else if (BEFORE_DATA.has(object.kind)) {
        throw unsupportedObjects([objectLabel(object)], {
          hint: `it must exist before its rows and depends on ${objectLabel(objects[required]!)}, which can only be created after them`,
        });
      } else {
        objects[index] = { ...object, section: "post-data" };
        queue.push(index);
      }
    }
  }
  return { graph: { ...current, objects }, parts };
}
