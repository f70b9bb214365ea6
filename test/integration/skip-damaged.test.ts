/** A restore of a damaged archive: every row that can be read is there, every other one is named. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { restore as restoreOrSwap } from "../../src/swap/restore.ts";
import { verify } from "../../src/verify/verify.ts";
import { runCli } from "../support/cli.ts";
import { freshDatabase, type TestDatabase, withDatabase } from "../support/postgres.ts";

const SCHEMA = `
  CREATE TABLE person (id int PRIMARY KEY, chief int REFERENCES person, name text NOT NULL);
  INSERT INTO person SELECT g, nullif(g / 2, 0), 'person ' || g FROM generate_series(1, 1000) g;
  CREATE TABLE visit (id int PRIMARY KEY, person int NOT NULL REFERENCES person, at int REFERENCES person (id) DEFERRABLE);
  INSERT INTO visit SELECT g, g FROM generate_series(1, 1000) g;
  CREATE TABLE log (id int, person int REFERENCES person) PARTITION BY RANGE (id);
  CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (500);
  CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM (500) TO (5000);
  INSERT INTO log SELECT g, g FROM generate_series(1, 1000) g;
  CREATE TABLE kept (id int PRIMARY KEY);
  INSERT INTO kept SELECT generate_series(1, 10);
  CREATE TABLE mark (kept int REFERENCES kept);
  INSERT INTO mark VALUES (7);
  CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM person;`;

let folder: string;
let source: TestDatabase;
let damaged: string;
/** Rows of person that the two damaged parts hold. */
const lost = { rows: 0, ranges: [] as { firstRow: number; lastRow: number }[] };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "skip-damaged-"));
  source = await freshDatabase();
  await source.query(SCHEMA);
  const whole = join(folder, "whole.tar.gz");
  damaged = join(folder, "damaged.tar.gz");
  await dump(source.url, whole, { partBytes: 2000, jobs: 1 });
  const bytes = await readFile(whole);
  const reader = await openArchive(whole);
  const { parts } = reader.manifest.relations.find(({ name }) => name === "person")!;
  expect(parts.length).toBeGreaterThan(5);
  for (const n of [1, 4]) {
    const { offset, length } = reader.manifest.entries[parts[n]!.entry]!;
    bytes[offset + Math.floor(length / 2)]! ^= 1;
    const firstRow = parts.slice(0, n).reduce((sum, { rows }) => sum + rows, 0) + 1;
    lost.ranges.push({ firstRow, lastRow: firstRow + parts[n]!.rows - 1 });
    lost.rows += parts[n]!.rows;
  }
  await reader.close();
  await writeFile(damaged, bytes);
});

afterAll(async () => {
  await source.drop();
  await rm(folder, { recursive: true });
});

const isLost = lost.ranges;
const IDS = "SELECT array_agg(id ORDER BY id) AS ids FROM person";

function remainingIds(): number[] {
  const ids = Array.from({ length: 1000 }, (_, n) => n + 1);
  return ids.filter(
    (id) => !isLost.some(({ firstRow, lastRow }) => id >= firstRow && id <= lastRow),
  );
}

async function expectTheRest(target: TestDatabase): Promise<void> {
  expect(await target.query(IDS)).toEqual([{ ids: remainingIds() }]);
  const counts = await target.query(`
    SELECT (SELECT count(*)::int FROM visit) AS visits, (SELECT count(*)::int FROM log) AS logs,
           (SELECT count(*)::int FROM mark) AS marks, (SELECT count::int FROM counted) AS counted`);
  expect(counts).toEqual([{ visits: 1000, logs: 1000, marks: 1, counted: 1000 - lost.rows }]);
  const keys = await target.query(
    "SELECT conname AS name, convalidated AS valid FROM pg_constraint WHERE contype = 'f' ORDER BY 1",
  );
  expect(keys).toEqual([
    { name: "mark_kept_fkey", valid: true },
    { name: "person_chief_fkey", valid: false },
    { name: "visit_at_fkey", valid: false },
    { name: "visit_person_fkey", valid: false },
  ]);
}

describe("skipDamaged", () => {
  test("restores what can be read, names the rest, and keeps foreign keys for rows to come", async () => {
    await withDatabase(async (target) => {
      await expect(restore(damaged, target.url)).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED" });
      const result = await restore(damaged, target.url, { skipDamaged: true, trusted: true });
      const ranges = lost.ranges.map((range) => ({
        ...range,
        reason: expect.stringContaining("checksum"),
      }));
      expect(result.lost).toEqual([
        { namespace: "public", name: "person", rows: lost.rows, ranges },
      ]);
      expect(result.warnings.map(({ code, object }) => `${code} ${object}`).sort()).toEqual([
        "foreign-key-not-valid foreign key public.log log_person_fkey",
        "foreign-key-not-valid foreign key public.person person_chief_fkey",
        "foreign-key-not-valid foreign key public.visit visit_at_fkey",
        "foreign-key-not-valid foreign key public.visit visit_person_fkey",
        "rows-lost table public.person",
      ]);
      await expectTheRest(target);
    });
  });

  test("also beside the live database", async () => {
    await withDatabase(async (target) => {
      const options = { skipDamaged: true, trusted: true, swap: { jobs: 2, keepOld: 0 } };
      expect((await restoreOrSwap(damaged, target.url, options)).lost).toHaveLength(1);
      await expectTheRest(target);
    });
  });

  test("changes nothing about an archive that is whole", async () => {
    await withDatabase(async (target) => {
      const whole = join(folder, "whole.tar.gz");
      const result = await restore(whole, target.url, { skipDamaged: true, trusted: true });
      expect([result.lost, result.warnings]).toEqual([[], []]);
      expect(await target.query("SELECT FROM pg_constraint WHERE NOT convalidated")).toEqual([]);
    });
  });

  test("is exit code 4 on the command line, and verify names the same rows", async () => {
    const [{ firstRow, lastRow }] = lost.ranges as [(typeof lost.ranges)[0]];
    await expect(verify(damaged)).rejects.toThrow(
      `rows ${firstRow} to ${lastRow} of table public.person (`,
    );
    await withDatabase(async (target) => {
      const { code, stderr, stdout } = await runCli([
        "restore",
        damaged,
        "-d",
        target.url,
        "--skip-damaged",
      ]);
      expect([code, stderr]).toEqual([4, expect.anything()]);
      expect(stdout).toContain(`LOST ROWS: ${lost.rows} of public.person`);
      expect(stderr).toContain(`${firstRow} to ${lastRow} (`);
    });
  });
});
