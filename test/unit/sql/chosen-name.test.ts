import { expect, test } from "vitest";
import { chosenName } from "../../../src/sql/chosen-name.ts";

test.each([
  ["users", "id", "users_id_not_null"],
  ["t".repeat(63), "c", `${"t".repeat(52)}_c_not_null`],
  ["t", "c".repeat(63), `t_${"c".repeat(52)}_not_null`],
  ["t".repeat(63), "c".repeat(63), `${"t".repeat(27)}_${"c".repeat(26)}_not_null`],
  // A character of two bytes is not cut in half.
  ["é".repeat(31), "c", `${"é".repeat(26)}_c_not_null`],
])("%s and %s", (table, column, name) => {
  expect(chosenName(table, column, "not_null")).toBe(name);
});
