import { expect, test } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatTable,
  listed,
  listedLines,
  plural,
} from "../../../src/util/format.ts";

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1 000"],
  [1234567, "1 234 567"],
])("the count %d is %j", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [570_530_000, "544.1 MiB"],
  [2 ** 50, "1024.0 TiB"],
])("%d bytes are %j", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0.4, "0 ms"],
  [340, "340 ms"],
  [4200, "4.2 s"],
  [185_000, "3 min 05 s"],
  [7_800_000, "2 h 10 min"],
  [48 * 3_600_000 - 1000, "47 h 59 min"],
  [9 * 86_400_000, "9 days"],
])("%d milliseconds are %j", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test("nouns follow their number", () => {
  expect(plural(1, "table")).toBe("1 table");
  expect(plural(2000, "entry", "entries")).toBe("2 000 entries");
});

test("a list names as many as its limit and counts the rest", () => {
  expect(listed([])).toBe("");
  expect(listed(["a", "b"], { limit: 2 })).toBe("a, b");
  expect(listed(["a", "b", "c"], { limit: 2 })).toBe("a, b, and 1 more");
  expect(listed(Array.from({ length: 2020 }, () => "a"))).toMatch(/a, and 2 010 more$/);
  expect(listedLines(["a", "b", "c"], { limit: 2 })).toEqual(["a", "b", "… and 1 more"]);
  expect(listedLines(["a", "b"], { limit: 2 })).toEqual(["a", "b"]);
});

test("a table aligns its columns", () => {
  expect(formatTable(["name", "rows"], [["users", "12"]], new Set([1]))).toBe(
    "name   rows\n-----  ----\nusers    12",
  );
});
