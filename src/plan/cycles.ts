/**
 * Dependency cycles and how they are broken: a part that can also be created later (a default, a check, a view's query,
 * a function's body) is taken out of the statement that it is written in.
 */
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import { stronglyConnectedComponents } from "../util/graph.ts";
import { objectLabel } from "../util/label.ts";
import type { DependencyGraph } from "./graph.ts";
import { unsupportedObjects } from "./unsupported-objects.ts";

/** Sets of objects, by index, that require each other. */
export function dependencyCycles({ requires }: DependencyGraph): number[][] {
  return stronglyConnectedComponents(requires, 2);
}

/** Kinds whose parts are bodies of functions. */
export const FUNCTION_KINDS: readonly DumpableObject["kind"][] = ["function", "procedure"];

/** Kinds of parts that can be written separately, the simplest statement first. */
const SEPARABLE: readonly DumpableObject["kind"][] = [
  "default",
  "check-constraint",
  "view",
  ...FUNCTION_KINDS,
];

/**
 * The parts that must be written separately so that this cycle breaks.
 * @throws UnsupportedObjectError only when the cycle has no such part.
 */
export function partsToSeparate(
  graph: DependencyGraph,
  cycle: readonly number[],
): readonly DumpableObject[] {
  const members = new Set(cycle);
  const parts = new Set<DumpableObject>();
  for (const from of cycle) {
    for (const to of graph.requires[from]!) {
      const part = members.has(to) ? graph.inlineParts.get(from)?.get(to) : undefined;
      if (part !== undefined) parts.add(graph.objects[part]!);
    }
  }
  for (const kind of SEPARABLE) {
    const ofKind = [...parts].filter((object) => object.kind === kind);
    if (ofKind.length > 0) return ofKind;
  }
  const names = cycle.map((index) => objectLabel(graph.objects[index]!));
  throw unsupportedObjects(names, {
    hint: "these objects depend on each other in a cycle that SQL cannot create; drop one of the references",
  });
}
