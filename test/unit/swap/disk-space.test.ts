import { expect, test } from "vitest";
import { isLockOf } from "../../../src/swap/database/free-space.ts";
import { neededSpace } from "../../../src/swap/database/needed-space.ts";
import { diskRefusals } from "../../../src/swap/database/refusals.ts";

const SERVER = { folder: "/var/lib/data", location: "", port: 5433, started: 1_000_000.25 };
const lock = (folder: string, started: number, port: number): string =>
  ["4711", folder, started, port, "/run", "*", "  123   45", "ready   "].join("\n");

test.each([
  ["the server's own", lock("/var/lib/data", 999_999, 5433), true],
  ["one of another folder", lock("/srv/data", 999_999, 5433), false],
  ["one of another port", lock("/var/lib/data", 999_999, 5432), false],
  ["one of another start", lock("/var/lib/data", 990_000, 5433), false],
  ["an empty one", "", false],
])("a lock file: %s", (_name, text, isOurs) => {
  expect(isLockOf(text, SERVER)).toBe(isOurs);
});

test("rows need their headers, and values at least a quarter of their text", () => {
  const relations = [
    { rows: 10, bytes: 1000 },
    { rows: 5, bytes: 2 },
  ];
  expect(neededSpace(relations)).toEqual({ leastBytes: 420 + 251, likelyBytes: 420 + 1002 });
});

test.each([
  [undefined, 0],
  [null, 0],
  [1000, 0],
  [999, 1],
])("%s bytes free where 1000 are needed: %i refusals", (freeBytes, count) => {
  const disk =
    freeBytes === undefined ? undefined : { leastBytes: 1000, likelyBytes: 4000, freeBytes };
  expect(diskRefusals(disk)).toHaveLength(count);
});
