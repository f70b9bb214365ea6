/**
 * Cycles, found and repaired. The only repair is to take out of a statement what can be said later: a default, a
 * check, a view's query. A cycle without any of these is an error that shows its path.
 */
import { UnsupportedObjectError } from "../errors.ts";
import type { Piece, PieceId } from "../ddl/piece.ts";
import type { Graph } from "./edges.ts";

/** Sets of pieces that need each other, by Tarjan's algorithm, without recursion: a schema can be deep. */
export function cycles(graph: Graph): PieceId[][] {
  const order = new Map<PieceId, number>();
  const low = new Map<PieceId, number>();
  const onStack = new Set<PieceId>();
  const stack: PieceId[] = [];
  const found: PieceId[][] = [];
  for (const root of graph.pieces.keys()) {
    if (order.has(root)) continue;
    const work: { id: PieceId; next: Iterator<PieceId> }[] = [];
    const enter = (id: PieceId): void => {
      order.set(id, order.size);
      low.set(id, order.get(id)!);
      stack.push(id);
      onStack.add(id);
      work.push({ id, next: graph.requires.get(id)!.values() });
    };
    enter(root);
    while (work.length > 0) {
      const { id, next } = work.at(-1)!;
      const step = next.next();
      if (step.done !== true) {
        if (!order.has(step.value)) enter(step.value);
        else if (onStack.has(step.value))
          low.set(id, Math.min(low.get(id)!, order.get(step.value)!));
        continue;
      }
      work.pop();
      const above = work.at(-1);
      if (above !== undefined) low.set(above.id, Math.min(low.get(above.id)!, low.get(id)!));
      if (low.get(id) === order.get(id)) {
        const members = stack.splice(stack.lastIndexOf(id));
        for (const member of members) onStack.delete(member);
        if (members.length > 1) found.push(members);
      }
    }
  }
  return found;
}

/** What is taken out first: the cheapest to say later. */
const REPAIRS: readonly Piece["kind"][] = ["default", "check-constraint", "view"];

/**
 * The parts to take out so that this cycle can break.
 * @throws UnsupportedObjectError only when no part of the cycle can be said later.
 */
export function repair(graph: Graph, cycle: readonly PieceId[]): Piece[] {
  const members = new Set(cycle);
  const parts = new Map<PieceId, Piece>();
  for (const from of cycle) {
    for (const to of graph.requires.get(from)!) {
      const part = members.has(to) ? graph.because.get(from)?.get(to) : undefined;
      if (part !== undefined) parts.set(part, graph.pieces.get(part)!);
    }
  }
  for (const kind of REPAIRS) {
    const chosen = [...parts.values()].filter((piece) => piece.kind === kind);
    if (chosen.length > 0) return chosen;
  }
  const names = cycle.map((id) => describe(graph.pieces.get(id)!));
  throw new UnsupportedObjectError(names, {
    hint: "these objects need each other in a circle that SQL can't create; drop one of the references",
  });
}

/** A piece as people name it. */
export function describe(piece: Pick<Piece, "kind" | "namespace" | "name">): string {
  return `${piece.kind} ${piece.namespace === null ? "" : `${piece.namespace}.`}${piece.name}`;
}
