/** Edges, cycles and order on made-up pieces, against what can be seen by looking at each edge. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { address, CATALOG, FIRST_NORMAL_OID } from "../../../src/catalog/address.ts";
import type { DependRow } from "../../../src/catalog/depend.ts";
import type { Catalog } from "../../../src/catalog/read.ts";
import type { DumpableObject } from "../../../src/ddl/dumpable-object.ts";
import { cycles } from "../../../src/plan/cycles.ts";
import { dependencyGraph } from "../../../src/plan/graph.ts";
import { sort } from "../../../src/plan/sort.ts";

function piece(place: number, more: Partial<DumpableObject> = {}): DumpableObject {
  const id = address(CATALOG.proc, FIRST_NORMAL_OID + place);
  return {
    id,
    kind: "function",
    namespace: "public",
    name: `f${place}`,
    section: "pre-data",
    addresses: [id],
    sql: () => [`CREATE FUNCTION f${place}()`],
    ...more,
  };
}

/** As pg_depend would say it, some rows twice. */
function catalogOf(edges: readonly (readonly [from: number, to: number])[]): Catalog {
  const row: DependRow = {
    classid: CATALOG.proc,
    refclassid: CATALOG.proc,
    deptype: "n",
    objids: edges.map(([from]) => FIRST_NORMAL_OID + from),
    refobjids: edges.map(([, to]) => FIRST_NORMAL_OID + to),
  };
  return { depends: [row], members: new Map() } as unknown as Catalog;
}

const COUNT = 12;
const place = fc.nat(COUNT - 1);
const anyEdges = fc.array(fc.tuple(place, place), { maxLength: 40 });
const all = Array.from({ length: COUNT }, (_, n) => piece(n));

/** Whether each place can be reached from each, by edges. */
function reach(edges: readonly (readonly [number, number])[]): boolean[][] {
  const found = all.map((_, a) => all.map((__, b) => edges.some(([x, y]) => x === a && y === b)));
  for (const via of all.keys())
    for (const a of all.keys())
      for (const b of all.keys()) found[a]![b] ||= found[a]![via]! && found[via]![b]!;
  return found;
}

test("each edge is known from both ends", () => {
  fc.assert(
    fc.property(anyEdges, (edges) => {
      const { requires, neededBy } = dependencyGraph(catalogOf(edges), all, new Set());
      for (const a of all.keys()) {
        for (const b of all.keys()) {
          const isEdge = a !== b && edges.some(([from, to]) => from === a && to === b);
          expect(requires[a]!.includes(b)).toBe(isEdge);
          expect(neededBy[b]!.includes(a)).toBe(isEdge);
        }
      }
    }),
  );
});

test("pieces that need each other are found together, and no others", () => {
  fc.assert(
    fc.property(anyEdges, (edges) => {
      const reached = reach(edges.filter(([from, to]) => from !== to));
      const expected = all
        .map((_, a) =>
          [...all.keys()].filter((b) => a === b || (reached[a]![b]! && reached[b]![a]!)),
        )
        .filter((members, a) => members.length > 1 && members[0] === a);
      const found = cycles(dependencyGraph(catalogOf(edges), all, new Set()));
      const sorted = found
        .map((members) => members.toSorted((a, b) => a - b))
        .toSorted((a, b) => a[0]! - b[0]!);
      expect(sorted).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test("every piece stands once, after all that it needs", () => {
  const acyclic = anyEdges.map((edges) => edges.filter(([from, to]) => from > to));
  fc.assert(
    fc.property(
      acyclic,
      fc.shuffledSubarray([...all.keys()], { minLength: COUNT }),
      (edges, names) => {
        const pieces = all.map((it, n) => ({
          ...it,
          name: `f${String(names[n]).padStart(2, "0")}`,
        }));
        const order = sort(dependencyGraph(catalogOf(edges), pieces, new Set()));
        expect(order.toSorted((a, b) => a - b)).toEqual([...all.keys()]);
        for (const [from, to] of edges)
          expect(order.indexOf(from)).toBeGreaterThan(order.indexOf(to));
        if (edges.length === 0)
          expect(order.map((at) => pieces[at]!.name)).toEqual(
            pieces.map(({ name }) => name).sort(),
          );
      },
    ),
  );
});

test("what is written inside another gives it its needs, and is to blame for them only where it alone has them", () => {
  const table = piece(0, { kind: "table" });
  const inside = piece(1, { kind: "default", inline: table.id });
  const [both, partOnly] = [piece(2), piece(3)];
  const pieces = [table, inside, both, partOnly];
  const catalog = catalogOf([
    [1, 2],
    [0, 2],
    [1, 3],
    [1, 0],
  ]);
  const together = dependencyGraph(catalog, pieces, new Set());
  expect(together.requires.map((needs) => [...new Set(needs)].sort())).toEqual([
    [2, 3],
    [0],
    [],
    [],
  ]);
  expect([...(together.because.get(0) ?? [])]).toEqual([[3, 1]]);
  const apart = dependencyGraph(catalog, pieces, new Set(inside.addresses));
  expect(apart.requires.map((needs) => [...new Set(needs)].sort())).toEqual([
    [2],
    [0, 2, 3],
    [],
    [],
  ]);
  expect(apart.because.size).toBe(0);
});

test("what a type needs and that needs the type needs its shell instead", () => {
  const type = piece(0, { kind: "type" });
  const shell = piece(1, { id: `${type.id}#shell`, kind: "shell-type", addresses: [] });
  const [input, other] = [piece(2), piece(3)];
  const { requires } = dependencyGraph(
    catalogOf([
      [0, 2],
      [2, 0],
      [3, 0],
    ]),
    [type, shell, input, other],
    new Set(),
  );
  expect(requires.map((needs) => [...needs].sort())).toEqual([[1, 2], [], [1], [0]]);
});
