/**
 * Cycles, found and repaired. The only repair is to take out of a statement what can be said later: a default, a
 * check, a view's query. A cycle without any of these is an error that shows its path.
 */
import { UnsupportedObjectError } from "../errors.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import type { DependencyGraph } from "./graph.ts";

/** Sets of pieces that need each other, by Tarjan's algorithm, without recursion: a schema can be deep. */
export function cycles({ requires }: DependencyGraph): number[][] {
  /** When each piece was met, from 1 on; 0 before that. */
  const order = new Int32Array(requires.length);
  const low = new Int32Array(requires.length);
  const onStack = new Uint8Array(requires.length);
  /** How many of each piece's needs were looked at. */
  const looked = new Int32Array(requires.length);
  const stack: number[] = [];
  const work: number[] = [];
  const found: number[][] = [];
  let met = 0;
  const enter = (place: number): void => {
    order[place] = low[place] = ++met;
    stack.push(place);
    onStack[place] = 1;
    work.push(place);
  };
  for (let root = 0; root < requires.length; root++) {
    if (order[root] === 0) enter(root);
    while (work.length > 0) {
      const place = work.at(-1)!;
      const need = requires[place]![looked[place]!++];
      if (need !== undefined) {
        if (order[need] === 0) enter(need);
        else if (onStack[need] === 1) low[place] = Math.min(low[place]!, order[need]!);
        continue;
      }
      work.pop();
      const above = work.at(-1);
      if (above !== undefined) low[above] = Math.min(low[above]!, low[place]!);
      if (low[place] === order[place]) {
        onStack[place] = 0;
        if (stack.at(-1) === place) {
          stack.pop();
          continue;
        }
        const members = stack.splice(stack.lastIndexOf(place));
        for (const member of members) onStack[member] = 0;
        found.push(members);
      }
    }
  }
  return found;
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
  const names = cycle.map((place) => describe(graph.objects[place]!));
  throw new UnsupportedObjectError(names, {
    hint: "these objects need each other in a circle that SQL can't create; drop one of the references",
  });
}

/** A piece as people name it. */
export function describe(object: Pick<DumpableObject, "kind" | "namespace" | "name">): string {
  return `${object.kind} ${object.namespace === null ? "" : `${object.namespace}.`}${object.name}`;
}
