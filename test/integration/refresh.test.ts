/** Materialized views that a restore cannot fill, because their owners could not fill them again either. */
import { escapeIdentifier } from "pg";
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

test("a view whose owner may no longer read its tables is left unfilled, with a warning, and so is what reads it", async () => {
  await withDatabase(async (source) => {
    const role = escapeIdentifier(`${source.name}_owner`);
    await source.query(`
      CREATE ROLE ${role};
      CREATE TABLE secret (id int);
      INSERT INTO secret VALUES (1);
      CREATE MATERIALIZED VIEW copy AS SELECT id FROM secret;
      CREATE MATERIALIZED VIEW copy_of_copy AS SELECT id FROM copy;
      CREATE MATERIALIZED VIEW fine AS SELECT 1 AS id;
      ALTER MATERIALIZED VIEW copy OWNER TO ${role}`);
    try {
      const archive = new MemoryStore();
      await dump(source.url, archive);
      await withDatabase(async (target) => {
        const { warnings } = await restore(archive, target.url, {
          trusted: true,
          owner: true,
          privileges: true,
        });
        expect(warnings.map(({ code, object }) => [code, object])).toEqual([
          ["unpopulated-view", "materialized view public.copy"],
          ["unpopulated-view", "materialized view public.copy_of_copy"],
        ]);
        expect(
          await target.query("SELECT relname FROM pg_class WHERE relkind = 'm' AND relispopulated"),
        ).toEqual([{ relname: "fine" }]);
      });
      // With the tables' owner everything is filled.
      await withDatabase(async (target) => {
        expect((await restore(archive, target.url, { trusted: true })).warnings).toEqual([]);
        expect(await target.query("SELECT id FROM copy_of_copy")).toEqual([{ id: 1 }]);
      });
    } finally {
      await source.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
    }
  });
});
