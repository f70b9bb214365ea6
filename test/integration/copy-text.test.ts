import { pipeline } from "node:stream/promises";
import * as fc from "fast-check";
import { from } from "pg-copy-streams";
import { expect, test } from "vitest";
import { copyRow } from "../../src/sql/copy-text.ts";
import { anyText } from "../support/any-text.ts";
import { withDatabase } from "../support/postgres.ts";

test("the server reads from COPY text what was written to it", async () => {
  // Whole code points: a lone surrogate is no text.
  const field = fc.option(anyText().map((text) => text.replaceAll("\0", "")));
  const rows = fc.sample(fc.tuple(field, field), 500);
  await withDatabase(async (db) => {
    const client = await db.client();
    await client.query("CREATE TABLE t (n int, a text, b text)");
    const text = rows.map((row, i) => copyRow([String(i), ...row]));
    await pipeline(text, client.query(from("COPY t FROM STDIN")));
    const read = await client.query({ text: "SELECT a, b FROM t ORDER BY n", rowMode: "array" });
    expect(read.rows).toEqual(rows);
  });
});
