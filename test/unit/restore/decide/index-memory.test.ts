import { describe, expect, test } from "vitest";
import { indexBuild, indexMemoryKb } from "../../../../src/restore/decide/index-memory.ts";

const MB = 1024 * 1024;
const V16 = { num: 160000, major: 16 };
const V18 = { num: 180000, major: 18 };

test("only B-trees and GIN indexes of tables that are not small have their own memory", () => {
  expect(indexBuild("btree", 8 * MB)).toEqual({ accessMethod: "btree", tableBytes: 8 * MB });
  expect(indexBuild("gin", 8 * MB)).toBeDefined();
  expect(indexBuild("btree", 8 * MB - 1)).toBeUndefined();
  expect(indexBuild("gist", 1000 * MB)).toBeUndefined();
  expect(indexBuild(null, 1000 * MB)).toBeUndefined();
});

describe("the memory", () => {
  const memory = (
    accessMethod: "btree" | "gin",
    megabytes: number,
    processes: number,
    version = V16,
  ): number =>
    indexMemoryKb({ accessMethod, tableBytes: megabytes * MB }, processes, version) / 1024;

  test("of a sort by one process grows with the root of the table, so that its runs are merged at once", () => {
    expect(memory("btree", 10, 1)).toBe(8);
    expect(memory("btree", 392, 1)).toBeCloseTo(10.05, 1);
    expect(memory("btree", 39_200, 1)).toBeCloseTo(100.5, 0);
    expect(memory("btree", 1e9, 1)).toBe(1024);
  });

  test("of a sort by several processes is what the server asks for each, or more", () => {
    expect(memory("btree", 392, 2)).toBe(64);
    expect(memory("btree", 392, 5)).toBe(160);
    expect(memory("btree", 39_200, 2)).toBeCloseTo(142.2, 0);
  });

  test("of GIN is small, and from 18 on enough for all processes", () => {
    expect(memory("gin", 392, 5)).toBe(16);
    expect(memory("gin", 392, 1, V18)).toBe(16);
    expect(memory("gin", 392, 2, V18)).toBe(64);
  });
});
