import { describe, expect, test } from "vitest";
import { FEATURE } from "../../../../src/ddl/server-features.ts";
import { lockNote, mappingNote, olderServerNote } from "../../../../src/restore/decide/hints.ts";

describe("olderServerNote", () => {
  test.each([
    [180000, 16, true],
    [160004, 16, false],
    [130000, 18, false],
    [null, 13, false],
  ])("from %s to %s", (source, target, warns) => {
    expect(olderServerNote(source, target) !== undefined).toBe(warns);
  });
});

test("too many locks come with the figure to set", () => {
  const objects = Array.from({ length: 3000 }, () => ({ kind: "table" }));
  const room = { lockCapacity: 6400, lockHolders: 100 };
  expect(lockNote(objects, 500, room)).toContain("max_locks_per_transaction to 95 or more");
  expect(lockNote(objects.slice(0, 2000), 0, room)).toBeUndefined();
});

test("a subscription of a foreign server needs a user mapping of the role that restores", () => {
  const features = [FEATURE.subscription14, FEATURE.subscriptionServer];
  expect(mappingNote({ kind: "subscription", features })).toContain("user mapping");
  expect(mappingNote({ kind: "subscription", features: [FEATURE.subscription14] })).toBeUndefined();
});
