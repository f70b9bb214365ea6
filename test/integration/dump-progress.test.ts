/** The progress of a dump is that of its tables, whether their text is shorter or longer than their blocks. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { DataEvent } from "../../src/events.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

const TABLES = 240;

test.each([
  ["shorter than a block", "generate_series(1, 5) AS i"],
  // Compressed in its TOAST table to a hundredth.
  ["much longer", "repeat('x', 200000) AS x"],
])("of small tables whose text is %s", async (_name, columns) => {
  await withDatabase(async (database) => {
    await database.query(`DO $$ BEGIN FOR n IN 1..${TABLES} LOOP
      EXECUTE format($f$CREATE TABLE t%s AS SELECT ${columns}$f$, n); END LOOP; END $$`);
    let tables = 0;
    const shares: { readonly reported: number; readonly done: number }[] = [];
    const take = ({ bytes, totalBytes }: DataEvent): void => {
      shares.push({ reported: bytes / totalBytes, done: tables / TABLES });
    };
    await dump(database.url, new MemoryStore(), {
      jobs: 1,
      onProgress(event) {
        if (event.type === "relation") tables++;
        if (event.type === "data") take(event);
      },
    });
    expect(tables).toBe(TABLES);
    const last = shares.pop()!;
    expect(last).toEqual({ reported: 1, done: 1 });
    const within = shares.filter(({ done }) => done > 0.05);
    expect(within.length).toBeGreaterThan(0);
    for (const { reported, done } of within) expect(Math.abs(reported - done)).toBeLessThan(0.05);
  });
});
