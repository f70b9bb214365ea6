import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

test("a column that a parent got after its children moves in front of theirs, with a warning and every value", async () => {
  await withDatabase(async (source) => {
    await source.query(`
      CREATE TABLE animal (id int, legs int DEFAULT 4);
      CREATE TABLE fish (fins int DEFAULT 2) INHERITS (animal);
      INSERT INTO fish VALUES (1, 0, 3);
      ALTER TABLE animal ADD COLUMN weight numeric DEFAULT 1.5;
      INSERT INTO fish (id, fins, weight) VALUES (2, 4, 9.5)`);
    const archive = new MemoryStore();
    const { warnings } = await dump(source.url, archive);
    expect(warnings).toEqual([
      "table public.fish: a parent's later column will stand before the table's own ones",
    ]);
    await withDatabase(async (target) => {
      await restore(archive, target.url);
      const read = "SELECT id, legs, fins, weight::text FROM fish ORDER BY id";
      expect(await target.query(read)).toEqual(await source.query(read));
    });
  });
});
