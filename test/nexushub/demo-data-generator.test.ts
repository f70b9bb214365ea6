import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { copyText, demoTables, type DemoDataOptions } from "../../src/nexushub/demo-data/index.ts";

const SMALL: DemoDataOptions = { auditRows: 3000 };

function textDigest(options: DemoDataOptions): string {
  const hash = createHash("sha256");
  for (const table of demoTables(options)) {
    hash.update(`${table.table} ${table.columns.join()}\n`);
    for (const chunk of copyText(table)) hash.update(chunk);
  }
  return hash.digest("hex");
}

describe("the generator", () => {
  test("gives the same bytes for the same options, and others for others", () => {
    const same = textDigest(SMALL);
    expect(textDigest({ ...SMALL })).toBe(same);
    expect(textDigest({ ...SMALL, seed: "another" })).not.toBe(same);
    expect(textDigest({ ...SMALL, auditRows: 3001 })).not.toBe(same);
    expect(textDigest({ ...SMALL, key: Buffer.alloc(32, 9) })).not.toBe(same);
    expect(textDigest({ ...SMALL, now: new Date(0) })).not.toBe(same);
  });

  test("has not changed unnoticed: archives of it are compared over time and machines", () => {
    expect(textDigest(SMALL)).toMatchInlineSnapshot(
      `"69400da44af3de8a37939ff873762cc549a80cabb0dce0f34345714613cfe5f0"`,
    );
  });

  test("gives as many rows as asked, down to none", () => {
    const count = (options: DemoDataOptions, table: string): number =>
      [...demoTables(options).find((found) => found.table === table)!.rows].length;
    for (const rows of [0, 1, 2, 3, 50]) {
      const options = { auditRows: rows, connectionRows: rows };
      expect(count(options, "audit_log")).toBe(rows);
      expect(count(options, "connection_logs")).toBe(rows);
    }
    expect(count({ auditRows: 40 }, "connection_logs")).toBe(10);
  });
});
