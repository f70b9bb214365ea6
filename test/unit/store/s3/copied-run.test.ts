/** Which parts of an upload a store can copy from an object that it has. */
import { describe, expect, test } from "vitest";
import type { StoredRange } from "../../../../src/store/folder.ts";
import { CopiedRun } from "../../../../src/store/s3/copied-run.ts";

const MIB = 1024 * 1024;

describe("the part that is being filled", () => {
  const at = (offset: number, key = "a"): StoredRange => ({
    object: { store: "https://s3.example.com", bucket: "b", key, etag: "1" },
    offset,
  });

  test("is copied when all of it follows each other in one object", () => {
    const run = new CopiedRun(false);
    run.extend(at(100), 0);
    run.extend(at(100 + MIB), MIB);
    run.extend(at(100 + 3 * MIB), 3 * MIB);
    expect(run.endOf(8 * MIB)).toBe(8 * MIB);
    expect(run.take(8 * MIB)).toEqual(at(100));
  });

  test("is sent when some of it is fresh, elsewhere, or of another object", () => {
    for (const second of [undefined, at(MIB + 1), at(MIB, "b")]) {
      const run = new CopiedRun(false);
      run.extend(at(0), 0);
      run.extend(second, MIB);
      run.extend(at(2 * MIB), 2 * MIB);
      expect(run.take(3 * MIB)).toBeNull();
    }
    const run = new CopiedRun(false);
    run.extend(undefined, 0);
    run.extend(at(0), MIB);
    expect(run.take(2 * MIB)).toBeNull();
  });

  test("goes on in the next part with what lies behind it", () => {
    const run = new CopiedRun(false);
    run.extend(at(0), 0);
    run.take(8 * MIB);
    run.begin(at(0), 8 * MIB);
    expect(run.endsBefore(at(9 * MIB), MIB)).toBe(false);
    run.extend(at(9 * MIB), MIB);
    expect(run.take(2 * MIB)).toEqual(at(8 * MIB));
  });

  test("ends early before other bytes, from 5 MiB on, where parts may have any size", () => {
    const run = new CopiedRun(false);
    run.extend(at(0), 0);
    expect(run.endsBefore(at(5 * MIB - 1), 5 * MIB - 1)).toBe(false);
    expect(run.endsBefore(undefined, 5 * MIB - 1)).toBe(false);
    expect(run.endsBefore(at(5 * MIB), 5 * MIB)).toBe(false);
    expect(run.endsBefore(undefined, 5 * MIB)).toBe(true);
    const equal = new CopiedRun(true);
    equal.extend(at(0), 0);
    expect(equal.endsBefore(undefined, 5 * MIB)).toBe(false);
  });

  test.each([
    ["where stored bytes begin", 6, 6],
    ["after 5 MiB when they begin before", 2, 5],
    ["as it is when too few of them are in it", 7.5, 8],
  ])("ends %s", (_what, before, end) => {
    const run = new CopiedRun(false);
    run.extend(undefined, 0);
    run.extend(at(1000), before * MIB);
    expect(run.endOf(8 * MIB)).toBe(end * MIB);
    expect(run.take(end * MIB)).toBeNull();
    if (end === 8) return;
    run.extend(at(1000 + (8 - before) * MIB), (8 - end) * MIB);
    expect(run.take(8 * MIB)).toEqual(at(1000 + (end - before) * MIB));
    const equal = new CopiedRun(true);
    equal.extend(undefined, 0);
    equal.extend(at(1000), before * MIB);
    expect(equal.endOf(8 * MIB)).toBe(8 * MIB);
  });

  test("ends early a thousand times at most: an upload has 10 000 parts", () => {
    const run = new CopiedRun(false);
    run.extend(at(0), 0);
    for (let time = 0; time < 1000; time++) expect(run.endsBefore(undefined, 6 * MIB)).toBe(true);
    expect(run.endsBefore(undefined, 6 * MIB)).toBe(false);
  });

  test("is sent once the store has shown that it does not copy", () => {
    const run = new CopiedRun(false);
    run.extend(at(0), 0);
    run.giveUp();
    expect(run.take(8 * MIB)).toBeNull();
    run.begin(at(0), 0);
    expect(run.take(8 * MIB)).toBeNull();
  });
});
