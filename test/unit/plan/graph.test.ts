/** Edges, cycles and order of random objects, against definitions that look at every edge. */
import { equal } from "node:assert/strict";
import fc from "fast-check";
import { expect, test } from "vitest";
import { address, CATALOG, FIRST_NORMAL_OID } from "../../../src/catalog/address.ts";
import type { DependRow } from "../../../src/catalog/depend.ts";
import type { Catalog } from "../../../src/catalog/read.ts";
import type { DumpableObject } from "../../../src/ddl/dumpable-object.ts";
import { dependencyCycles } from "../../../src/plan/cycles.ts";
import { dependencyGraph } from "../../../src/plan/graph.ts";
import { sort } from "../../../src/plan/sort.ts";

function dumpableObject(index: number, more: Partial<DumpableObject> = {}): DumpableObject {
  const id = address(CATALOG.proc, FIRST_NORMAL_OID + index);
  return {
    id,
    kind: "function",
    namespace: "public",
    name: `f${index}`,
    section: "pre-data",
    addresses: [id],
    sql: () => [`CREATE FUNCTION f${index}()`],
    ...more,
  };
}

/** A catalog with these dependencies, some of them twice. */
function catalogOf(edges: readonly (readonly [from: number, to: number])[]): Catalog {
  const row: DependRow = {
    classid: CATALOG.proc,
    refclassid: CATALOG.proc,
    deptype: "n",
    objids: edges.map(([from]) => FIRST_NORMAL_OID + from),
    refobjids: edges.map(([, to]) => FIRST_NORMAL_OID + to),
  };
  return { depends: [row], members: new Map(), sequences: [] } as unknown as Catalog;
}

const COUNT = 12;
const index = fc.nat(COUNT - 1);
const anyEdges = fc.array(fc.tuple(index, index), { maxLength: 40 });
const all = Array.from({ length: COUNT }, (_, n) => dumpableObject(n));

/** For each object, whether it leads to each object by edges. */
function reach(edges: readonly (readonly [number, number])[]): boolean[][] {
  const reached = all.map((_, a) => all.map((__, b) => edges.some(([x, y]) => x === a && y === b)));
  for (const via of all.keys())
    for (const a of all.keys())
      for (const b of all.keys()) reached[a]![b] ||= reached[a]![via]! && reached[via]![b]!;
  return reached;
}

test("every edge is listed at both ends", () => {
  fc.assert(
    fc.property(anyEdges, (edges) => {
      const { requires, requiredBy } = dependencyGraph(catalogOf(edges), all, new Set());
      for (const a of all.keys()) {
        for (const b of all.keys()) {
          const isEdge = a !== b && edges.some(([from, to]) => from === a && to === b);
          equal(requires[a]!.includes(b), isEdge);
          equal(requiredBy[b]!.includes(a), isEdge);
        }
      }
    }),
  );
});

test("a cycle is all objects that require each other", () => {
  fc.assert(
    fc.property(anyEdges, (edges) => {
      const reached = reach(edges.filter(([from, to]) => from !== to));
      const expected = all
        .map((_, a) =>
          [...all.keys()].filter((b) => a === b || (reached[a]![b]! && reached[b]![a]!)),
        )
        .filter((members, a) => members.length > 1 && members[0] === a);
      const cycles = dependencyCycles(dependencyGraph(catalogOf(edges), all, new Set()));
      const sorted = cycles
        .map((members) => members.toSorted((a, b) => a - b))
        .toSorted((a, b) => a[0]! - b[0]!);
      expect(sorted).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test("every object is listed once, after all that it requires", () => {
  const acyclic = anyEdges.map((edges) => edges.filter(([from, to]) => from > to));
  fc.assert(
    fc.property(
      acyclic,
      fc.shuffledSubarray([...all.keys()], { minLength: COUNT }),
      (edges, names) => {
        const objects = all.map((object, n) => ({
          ...object,
          name: `f${String(names[n]).padStart(2, "0")}`,
        }));
        const order = sort(dependencyGraph(catalogOf(edges), objects, new Set()));
        expect(order.toSorted((a, b) => a - b)).toEqual([...all.keys()]);
        for (const [from, to] of edges)
          expect(order.indexOf(from)).toBeGreaterThan(order.indexOf(to));
        if (edges.length === 0)
          expect(order.map((at) => objects[at]!.name)).toEqual(
            objects.map(({ name }) => name).sort(),
          );
      },
    ),
  );
});

test("the object that holds a part requires what the part requires, and the part is the reason only for what the object does not require itself", () => {
  const table = dumpableObject(0, { kind: "table" });
  const part = dumpableObject(1, { kind: "default", inline: table.id });
  const [both, partOnly] = [dumpableObject(2), dumpableObject(3)];
  const objects = [table, part, both, partOnly];
  const catalog = catalogOf([
    [1, 2],
    [0, 2],
    [1, 3],
    [1, 0],
  ]);
  const inlined = dependencyGraph(catalog, objects, new Set());
  expect(inlined.requires.map((indexes) => [...new Set(indexes)].sort())).toEqual([
    [2, 3],
    [0],
    [],
    [],
  ]);
  expect([...(inlined.inlineParts.get(0) ?? [])]).toEqual([[3, 1]]);
  const separated = dependencyGraph(catalog, objects, new Set(part.addresses));
  expect(separated.requires.map((indexes) => [...new Set(indexes)].sort())).toEqual([
    [2],
    [0, 2, 3],
    [],
    [],
  ]);
  expect(separated.inlineParts.size).toBe(0);
});

test("a function that a type requires and that requires the type requires its shell instead", () => {
  const type = dumpableObject(0, { kind: "type" });
  const shell = dumpableObject(1, { id: `${type.id}#shell`, kind: "shell-type", addresses: [] });
  const [input, other] = [dumpableObject(2), dumpableObject(3)];
  const { requires } = dependencyGraph(
    catalogOf([
      [0, 2],
      [2, 0],
      [3, 0],
    ]),
    [type, shell, input, other],
    new Set(),
  );
  expect(requires.map((indexes) => [...indexes].sort())).toEqual([[1, 2], [], [1], [0]]);
});
