/** Graph algorithms on random graphs, against definitions that look at every pair of nodes. */
import { equal } from "node:assert/strict";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  adjacencyLists,
  MinHeap,
  reversedEdges,
  stronglyConnectedComponents,
} from "../../../src/util/graph.ts";

const COUNT = 10;
const node = fc.nat(COUNT - 1);
const graphs = fc
  .array(fc.tuple(node, node), { maxLength: 30 })
  .map((edges) =>
    Array.from({ length: COUNT }, (_, from) =>
      edges.filter(([a]) => a === from).map(([, to]) => to),
    ),
  );

/** For each node, the nodes that it reaches; itself is one of them. */
function reachable(edges: readonly (readonly number[])[]): Set<number>[] {
  return edges.map((_, from) => {
    const reached = new Set([from]);
    // A set also iterates over what is added meanwhile.
    for (const next of reached) for (const to of edges[next]!) reached.add(to);
    return reached;
  });
}

test("a component is all the nodes that reach each other", () => {
  fc.assert(
    fc.property(graphs, (edges) => {
      const reached = reachable(edges);
      const components = stronglyConnectedComponents(edges);
      const componentOf = new Map(components.flatMap((members, i) => members.map((m) => [m, i])));
      expect(components.flat().toSorted((a, b) => a - b)).toEqual([...edges.keys()]);
      for (const a of edges.keys())
        for (const b of edges.keys())
          equal(
            componentOf.get(a) === componentOf.get(b),
            reached[a]!.has(b) && reached[b]!.has(a),
          );
    }),
  );
});

test("components come after those that their edges lead to", () => {
  fc.assert(
    fc.property(graphs, (edges) => {
      const components = stronglyConnectedComponents(edges);
      const componentOf = new Map(components.flatMap((members, i) => members.map((m) => [m, i])));
      for (const [from, targets] of edges.entries())
        for (const to of targets)
          expect(componentOf.get(to)!).toBeLessThanOrEqual(componentOf.get(from)!);
    }),
  );
});

test("a component begins with the member from which the others were reached", () => {
  expect(stronglyConnectedComponents([[1], [2], [0, 3], []])).toEqual([[3], [0, 1, 2]]);
});

test("components below the least size are left out, and the others stay as they are", () => {
  fc.assert(
    fc.property(graphs, fc.integer({ min: 1, max: 4 }), (edges, minSize) => {
      expect(stronglyConnectedComponents(edges, minSize)).toEqual(
        stronglyConnectedComponents(edges).filter(({ length }) => length >= minSize),
      );
    }),
  );
});

test("a path of 200 000 nodes, and the same path closed to a cycle, are taken without recursion", () => {
  const path = Array.from({ length: 200_000 }, (_, n) => [n + 1]);
  path[path.length - 1] = [];
  expect(stronglyConnectedComponents(path).length).toBe(path.length);
  expect(stronglyConnectedComponents(path, 2)).toEqual([]);
  path[path.length - 1] = [0];
  const [cycle, ...others] = stronglyConnectedComponents(path);
  expect(others).toEqual([]);
  expect(cycle!.join()).toBe([...path.keys()].join());
});

test("adjacency lists hold every edge, in the order in which they were given", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(node, node), { maxLength: 30 }), (edges) => {
      const lists = adjacencyLists(
        COUNT,
        edges.map(([from]) => from),
        edges.map(([, to]) => to),
      );
      expect(lists).toEqual(
        Array.from({ length: COUNT }, (_, from) =>
          edges.filter((edge) => edge[0] === from).map(([, to]) => to),
        ),
      );
    }),
  );
});

test("reversed edges lead back, each as often as it led there", () => {
  fc.assert(
    fc.property(graphs, (edges) => {
      const reversed = reversedEdges(edges);
      const times = (list: readonly number[], item: number): number =>
        list.filter((other) => other === item).length;
      for (const a of edges.keys())
        for (const b of edges.keys()) equal(times(reversed[b]!, a), times(edges[a]!, b));
    }),
  );
});

test("a heap gives what was pushed in ascending order, whenever it is popped", () => {
  const steps = fc.array(fc.option(fc.integer({ min: -50, max: 50 })), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (items) => {
      const heap = new MinHeap();
      let model: number[] = [];
      for (const item of items) {
        if (item === null) expect(heap.pop()).toBe(model.shift());
        else {
          heap.push(item);
          model = [...model, item].sort((a, b) => a - b);
        }
        expect(heap.size).toBe(model.length);
      }
      expect(model.map(() => heap.pop())).toEqual(model);
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
