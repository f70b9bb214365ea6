import { expect, test } from "vitest";
import { formatTable } from "../../../src/util/format.ts";
import { printable, printableLine } from "../../../src/util/printable.ts";

test("nothing of a name acts on a terminal", () => {
  expect(printable("a\u001B[31mb\u009Bc\u007Fd\r\n\te")).toBe("a\\x1b[31mb\\x9bc\\x7fd\\x0d\n\te");
});

test("nor reorders what stands beside it", () => {
  expect(printable("a\u202Eb\u2066c\u200Fd\u061Ce\u2028f")).toBe(
    "a\\u202eb\\u2066c\\u200fd\\u061ce\\u2028f",
  );
  expect(printable("é漢字 עברית 😀")).toBe("é漢字 עברית 😀");
});

test("nor begins a line", () => {
  expect(printableLine("a\nerror: b")).toBe(String.raw`a\nerror: b`);
  expect(formatTable(["name"], [["a\nb"], ["c"]]).split("\n")).toEqual([
    "name",
    "----",
    String.raw`a\nb`,
    "c",
  ]);
});
