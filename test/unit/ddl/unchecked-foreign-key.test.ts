import { expect, test } from "vitest";
import { uncheckedForeignKey } from "../../../src/ddl/unchecked-foreign-key.ts";

test.each([
  [["ALTER TABLE t ADD …"], ["ALTER TABLE t ADD … NOT VALID"]],
  [
    [
      "SET LOCAL enable_hashjoin = off",
      "ALTER TABLE t ADD …",
      "SET LOCAL enable_hashjoin TO DEFAULT",
    ],
    [
      "SET LOCAL enable_hashjoin = off",
      "ALTER TABLE t ADD … NOT VALID",
      "SET LOCAL enable_hashjoin TO DEFAULT",
    ],
  ],
  [
    ["DO $$BEGIN END$$", "ALTER TABLE t ADD …"],
    ["DO $$BEGIN END$$", "ALTER TABLE t ADD … NOT VALID"],
  ],
])("%s", (statements, unchecked) => {
  expect(uncheckedForeignKey(statements)).toEqual(unchecked);
});
