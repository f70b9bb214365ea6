import { expect, test } from "vitest";
import {
  dataEntry,
  isTextEntry,
  parseDataEntry,
} from "../../../../src/archive/format/entry-names.ts";

test("a data entry's name is read back", () => {
  expect(dataEntry(12, 3)).toBe("data/12/3.copy");
  expect(parseDataEntry("data/12/3.copy")).toEqual({ relation: 12, part: 3 });
  expect(parseDataEntry("data/0/1.copy")).toEqual({ relation: 0, part: 1 });
});

test.each([
  "",
  "data/1/0.copy",
  "data/01/1.copy",
  "data/1/1.copy\n",
  "data/-1/1.copy",
  "data/1/1",
  "/data/1/1.copy",
  "data/../1.copy",
  "data/1/1.copy/x",
  "data/1000000000/1.copy",
])("%j is no data entry", (name) => {
  expect(parseDataEntry(name)).toBeUndefined();
});

test("only the texts of the format are texts", () => {
  expect(isTextEntry("schema/pre-data.sql")).toBe(true);
  expect(isTextEntry("restore.sql")).toBe(true);
  expect(isTextEntry("manifest.json")).toBe(false);
  expect(isTextEntry("constructor")).toBe(false);
});
