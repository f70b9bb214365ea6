import { expect, test } from "vitest";
import { WeightedSemaphore } from "../../../src/archive/weighted-semaphore.ts";

const MIB = 1024 * 1024;

/** Whether a promise is settled when everything that can run has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol("pending");
  const later = new Promise((resolve) => setImmediate(() => resolve(pending)));
  return (
    (await Promise.race([
      promise.then(
        () => true,
        () => true,
      ),
      later,
    ])) !== pending
  );
}

test("hands out what it has, then makes wait, in order", async () => {
  const budget = new WeightedSemaphore(4 * MIB);
  await budget.take(2 * MIB);
  await budget.take(2 * MIB);
  const large = budget.take(3 * MIB);
  const small = budget.take(MIB);
  budget.give(2 * MIB);
  expect(await isSettled(large)).toBe(false);
  // There is room for it, but the large one came first.
  expect(await isSettled(small)).toBe(false);
  budget.give(2 * MIB);
  expect(await isSettled(large)).toBe(true);
  expect(await isSettled(small)).toBe(true);
});

test("lets through what is larger than all, alone", async () => {
  const budget = new WeightedSemaphore(MIB);
  await budget.take(100 * MIB);
  const next = budget.take(1);
  expect(await isSettled(next)).toBe(false);
  budget.give(100 * MIB);
  await next;
});

test("bounds a crowd of small requests too", async () => {
  const budget = new WeightedSemaphore(MIB);
  const all = Array.from({ length: 17 }, () => budget.take(1));
  expect(await isSettled(all[15]!)).toBe(true);
  expect(await isSettled(all[16]!)).toBe(false);
});

test("a failure turns everyone away", async () => {
  const budget = new WeightedSemaphore(MIB);
  await budget.take(MIB);
  const waiting = budget.take(1);
  const refused = expect(waiting).rejects.toThrow("disk full");
  budget.fail(new Error("disk full"));
  await refused;
  await expect(budget.take(1)).rejects.toThrow("disk full");
});
