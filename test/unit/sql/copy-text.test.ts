import { describe, expect, test } from "vitest";
import { copyField } from "../../../src/sql/copy-text.ts";

describe("copyField", () => {
  test("escapes what ends a field or a row, and the backslash", () => {
    expect(copyField("a\tb\nc\rd\\e")).toBe("a\\tb\\nc\\rd\\\\e");
    expect(copyField(null)).toBe("\\N");
    expect(copyField("\\N")).toBe("\\\\N");
    expect(copyField("\\.")).toBe("\\\\.");
    expect(copyField("")).toBe("");
  });
});
