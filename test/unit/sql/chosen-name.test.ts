import { expect, test } from "vitest";
import { chosenName, isChosenForPartition, isChosenName } from "../../../src/sql/chosen-name.ts";

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

test.each([
  ["users_id_not_null", true],
  ["users_id_not_null1", true],
  ["users_id_not_null12", true],
  ["users_id_not_null01", false],
  ["users_id_not_null0", false],
  ["users_key_not_null", false],
  ["not_null", false],
])("%s is chosen: %s", (name, isChosen) => {
  expect(isChosenName(name, "users", "id", "not_null")).toBe(isChosen);
});

test("a number shortens the name that it follows", () => {
  const table = "t".repeat(63);
  const isChosen = (name: string): boolean => isChosenName(name, table, "c", "not_null");
  expect(isChosen(`${"t".repeat(51)}_c_not_null1`)).toBe(true);
  expect(isChosen(`${"t".repeat(52)}_c_not_null1`)).toBe(false);
});

test.each([
  ["t_a_b_fkey", true],
  ["t_a_b_fkey2", true],
  ["t_a_fkey", false],
  ["fk_1", true],
  ["fk_12", true],
  ["fk_0", false],
  ["fk1", false],
  ["fk", false],
])("%s is chosen for a partition: %s", (name, isChosen) => {
  expect(isChosenForPartition(name, "t", ["a", "b"], "fk")).toBe(isChosen);
});

test("a number shortens the name of the key that it follows", () => {
  const key = "é".repeat(31);
  expect(isChosenForPartition(`${"é".repeat(30)}_1`, "t", ["a"], key)).toBe(true);
  expect(isChosenForPartition(`${key}_1`, "t", ["a"], key)).toBe(false);
});
