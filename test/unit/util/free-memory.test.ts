import { expect, test } from "vitest";
import { freeMemory } from "../../../src/util/free-memory.ts";

const MIB = 1024 * 1024;

test("the memory of a large buffer is free at once", () => {
  const buffer = Buffer.alloc(MIB, 1);
  const part = buffer.subarray(10, 20);
  const before = process.memoryUsage().arrayBuffers;
  freeMemory(part);
  expect([buffer.length, part.length]).toEqual([0, 0]);
  expect(before - process.memoryUsage().arrayBuffers).toBeGreaterThanOrEqual(MIB);
});

test("memory that small buffers share is left alone", () => {
  const [one, other] = [Buffer.from("one"), Buffer.from("other")];
  freeMemory(one);
  expect([one.toString(), other.toString()]).toEqual(["one", "other"]);
});
