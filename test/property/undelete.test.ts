/**
 * Random tables, random deletions, undone from the archive: everything is as it was. Some in the quick gate;
 * `NEXUSHUB_DUMP_FAULTS=full` tries 500. `NEXUSHUB_DUMP_RANDOM_RUN=42` repeats one of them alone.
 */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { Random } from "../../src/nexushub/demo-data/random.ts";
import { undelete } from "../../src/undelete/undelete.ts";
import { campaign } from "../faults/campaign.ts";
import { MemoryStore } from "../support/archives.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";
import { contentsOf } from "../support/table-contents.ts";
import {
  createStatements,
  randomTables,
  type RandomTable,
  ROWS,
} from "./undelete/random-tables.ts";

const MAJORS = [16, 13, 18, 15];
/** Schemas in one database: a dump of several costs little more than one of a single one. */
const TOGETHER = 10;
const ONLY = process.env["NEXUSHUB_DUMP_RANDOM_RUN"];
const size = campaign("random deletions", { gate: 20, full: 500, msPerRun: 10_000 });

interface Counts {
  deletions: number;
  rows: number;
  references: number;
  refused: number;
}

/** Deletes rows of some tables and tells which; null where a key did not allow it. */
async function deleteRows(
  database: TestDatabase,
  schema: string,
  tables: readonly RandomTable[],
  random: Random,
): Promise<Record<string, string> | null> {
  const rows: Record<string, string> = {};
  for (let n = random.between(1, 2); n > 0; n--) {
    const { name, key } = tables[random.between(0, tables.length - 1)]!;
    const condition =
      random.between(1, 3) === 1
        ? `k % 3 = ${random.between(0, 2)}`
        : `k = ${random.between(1, key.length > 0 ? ROWS : 5)}`;
    rows[`${schema}.${name}`] ??= condition;
  }
  const deletes = Object.entries(rows).map(
    ([table, where]) => `DELETE FROM ${table} WHERE ${where}`,
  );
  try {
    await database.query(`BEGIN; ${deletes.join("; ")}; COMMIT`);
    return rows;
  } catch (error) {
    if ((error as { code?: string }).code !== "23503") throw error;
    return null;
  }
}

async function undoAll(
  database: TestDatabase,
  runs: readonly number[],
  counts: Counts,
): Promise<void> {
  const schemas = runs.map((run) => {
    const random = size.random(run);
    return { run, random, schema: `s${run}`, tables: randomTables(random) };
  });
  for (const { schema, tables, random } of schemas)
    await database.query(createStatements(tables, schema, random).join(";\n"));
  const store = new MemoryStore();
  await dump(database.url, store);
  const before = await contentsOf(database);
  for (const { run, schema, tables, random } of schemas) {
    let rows: Record<string, string> | null = null;
    for (let attempt = 0; rows === null && attempt < 8; attempt++)
      rows = await deleteRows(database, schema, tables, random);
    if (rows === null) {
      counts.refused++;
      continue;
    }
    const result = await undelete(store, database.url, {
      rows,
      withDependents: true,
      withReferences: true,
    });
    counts.deletions++;
    counts.rows += result.rows;
    for (const reference of result.references) counts.references += reference.rows ?? 0;
    expect(await contentsOf(database), `run ${run}`).toEqual(before);
  }
}

test("what random deletions took comes back", { timeout: size.timeoutMs }, async () => {
  const counts: Counts = { deletions: 0, rows: 0, references: 0, refused: 0 };
  const all =
    ONLY === undefined ? Array.from({ length: size.runs }, (_, run) => run) : [Number(ONLY)];
  for (let at = 0; at < all.length; at += TOGETHER) {
    const major = MAJORS[(at / TOGETHER) % MAJORS.length]!;
    await withDatabase((database) => undoAll(database, all.slice(at, at + TOGETHER), counts), {
      major,
    });
  }
  size.print({ ...counts });
  expect(counts.deletions).toBeGreaterThan(0);
});
