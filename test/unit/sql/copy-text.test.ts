import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copyField, copyRow } from "../../../src/sql/copy-text.ts";
import { withDatabase } from "../../support/postgres.ts";

describe("copyField", () => {
  test("escapes what ends a field or a row, and the backslash", () => {
    expect(copyField("a\tb\nc\rd\\e")).toBe("a\\tb\\nc\\rd\\\\e");
    expect(copyField(null)).toBe("\\N");
    expect(copyField("\\N")).toBe("\\\\N");
    expect(copyField("\\.")).toBe("\\\\.");
    expect(copyField("")).toBe("");
  });
});

describe("copyRow", () => {
  test("is read by the server as what was written", async () => {
    // Whole code points: a lone surrogate is no text.
    const field = fc.option(fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "")));
    const rows = fc.sample(fc.tuple(field, field), 500);
    await withDatabase(async (db) => {
      const client = await db.client();
      await client.query("CREATE TABLE t (n int, a text, b text)");
      const { from } = await import("pg-copy-streams");
      const { pipeline } = await import("node:stream/promises");
      const text = rows.map((row, i) => copyRow([String(i), ...row]));
      await pipeline(text, client.query(from("COPY t FROM STDIN")));
      const read = await client.query({ text: "SELECT a, b FROM t ORDER BY n", rowMode: "array" });
      expect(read.rows).toEqual(rows);
    });
  });
});
