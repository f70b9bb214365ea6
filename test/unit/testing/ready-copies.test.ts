import { describe, expect, test } from "vitest";
import { ReadyCopies } from "../../../src/testing/ready-copies.ts";

const settled = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 5));

/** Counts what is created; the failing ones reject. */
function counting(failing: readonly number[] = []): { create(): Promise<number>; made: number } {
  const counter = {
    made: 0,
    async create() {
      const number = ++counter.made;
      await Promise.resolve();
      if (failing.includes(number)) throw new Error(`number ${number}`);
      return number;
    },
  };
  return counter;
}

describe("copies that are kept ready", () => {
  test("are created ahead, given once, and replaced", async () => {
    const counter = counting();
    const ready = new ReadyCopies(2, () => counter.create());
    ready.fill();
    await settled();
    expect(counter.made).toBe(2);
    expect(await Promise.all(Array.from({ length: 5 }, () => ready.take()))).toEqual([
      1, 2, 3, 4, 5,
    ]);
    await settled();
    expect(counter.made).toBe(7);
    expect(await ready.drain(new Error("closed"))).toEqual([6, 7]);
  });

  test("are created one by one on demand where none is to be ready", async () => {
    const counter = counting();
    const ready = new ReadyCopies(0, () => counter.create());
    await settled();
    expect(counter.made).toBe(0);
    expect(await Promise.all([ready.take(), ready.take()])).toEqual([1, 2]);
    expect(await ready.take()).toBe(3);
    await settled();
    expect(await ready.drain(new Error("closed"))).toEqual([]);
  });

  test("that fail are reported to who waits, and tried again by the next", async () => {
    const counter = counting([1, 2]);
    const ready = new ReadyCopies(1, () => counter.create());
    ready.fill();
    await settled();
    await expect(ready.take()).rejects.toThrow("number 2");
    expect(await ready.take()).toBe(3);
  });

  test("are refused to who waits when they are drained", async () => {
    const ready = new ReadyCopies(
      0,
      () => new Promise<number>((resolve) => setTimeout(resolve, 20, 1)),
    );
    const [first, second] = [ready.take(), ready.take()];
    const refused = expect(second).rejects.toThrow("closed");
    expect(await ready.drain(new Error("closed"))).toEqual([]);
    expect(await first).toBe(1);
    await refused;
  });
});
