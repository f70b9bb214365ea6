import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadOrder } from "../../../../src/restore/decide/load-order.ts";
import type { ForeignKey } from "../../../../src/restore/target/facts.ts";

function key(from: number, to: number, more: Partial<ForeignKey> = {}): ForeignKey {
  return {
    oid: 1000 + from * 100 + to,
    name: `fk_${from}_${to}`,
    table: `t${from}`,
    tableOid: from,
    references: `t${to}`,
    referenced: [to],
    parent: 0,
    deferrable: false,
    ...more,
  };
}

const tables = (...oids: number[]): { oid: number }[] => oids.map((oid) => ({ oid }));

describe("loadOrder", () => {
  test("puts referenced tables first, and keeps the order of the rest", () => {
    const order = loadOrder(tables(1, 2, 3, 4), [key(1, 3), key(3, 4)]);
    expect(order.tables).toEqual(tables(4, 3, 1, 2));
    expect(order.toDefer).toEqual([]);
  });

  test("ignores references of a table to itself and to tables outside", () => {
    expect(loadOrder(tables(1, 2), [key(1, 1), key(1, 99)])).toEqual({
      tables: tables(1, 2),
      toDefer: [],
    });
  });

  test("defers only the foreign keys of a cycle, and by the one that can be altered", () => {
    const order = loadOrder(tables(1, 2, 3, 4), [
      key(1, 2),
      key(2, 1, { parent: 7 }),
      key(8, 1, { oid: 7, name: "top" }),
      key(2, 1, { oid: 5, deferrable: true }),
      key(3, 1),
      key(1, 1),
    ]);
    expect(order.tables).toEqual(tables(1, 2, 3, 4));
    expect(order.toDefer.map(({ name }) => name).sort()).toEqual(["fk_1_2", "top"]);
  });

  test("satisfies every foreign key or defers it", () => {
    const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 14 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const all = tables(0, 1, 2, 3, 4, 5, 6, 7);
        const keys = pairs.map(([from, to], i) => key(from, to, { oid: 100 + i, name: String(i) }));
        const order = loadOrder(all, keys);
        expect(order.tables.map(({ oid }) => oid).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
        const place = new Map(order.tables.map(({ oid }, i) => [oid, i]));
        const reaches = (from: number, to: number, seen = new Set<number>()): boolean =>
          pairs.some(
            ([a, b]) => a === from && (b === to || (!seen.has(b) && reaches(b, to, seen.add(b)))),
          );
        for (const one of keys) {
          const [to] = one.referenced as [number];
          const inCycle = to !== one.tableOid && reaches(to, one.tableOid);
          equal(order.toDefer.includes(one), inCycle);
          if (!inCycle) ok(place.get(to)! <= place.get(one.tableOid)!);
        }
      }),
      { numRuns: 300 },
    );
  });
});
