/**
 * Cycles, found and repaired. The only repair is to take out of a statement what can be said later: a default, a
 * check, a view's query. A cycle without any of these is an error that shows its path.
 */
import { unsupportedObjects } from "./unsupported-objects.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import { objectLabel } from "../util/label.ts";
import { stronglyConnectedComponents } from "../util/graph.ts";
import type { DependencyGraph } from "./graph.ts";

/** Sets of dumpable objects, by index, that need each other. */
export function cycles({ requires }: DependencyGraph): number[][] {
  return stronglyConnectedComponents(requires, 2);
}

/** What is taken out first: the cheapest to say later. */
const REPAIRS: readonly DumpableObject["kind"][] = ["default", "check-constraint", "view"];

/**
 * The parts to take out so that this cycle can break.
 * @throws UnsupportedObjectError only when no part of the cycle can be said later.
 */
export function repair(graph: DependencyGraph, cycle: readonly number[]): DumpableObject[] {
  const members = new Set(cycle);
  const parts = new Set<DumpableObject>();
  for (const from of cycle) {
    for (const to of graph.requires[from]!) {
      const part = members.has(to) ? graph.because.get(from)?.get(to) : undefined;
      if (part !== undefined) parts.add(graph.objects[part]!);
    }
  }
  for (const kind of REPAIRS) {
    const chosen = [...parts].filter((object) => object.kind === kind);
    if (chosen.length > 0) return chosen;
  }
  const names = cycle.map((place) => objectLabel(graph.objects[place]!));
  throw unsupportedObjects(names, {
    hint: "these objects need each other in a circle that SQL can't create; drop one of the references",
  });
}
