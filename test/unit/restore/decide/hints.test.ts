import { describe, expect, test } from "vitest";
import { olderServerNote } from "../../../../src/restore/decide/hints.ts";

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
